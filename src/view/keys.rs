//! Keys with the modifiers that were held when they were pressed.

/// Whether a key was pressed with just these modifiers, as they were at that moment: at the end of the frame they
/// may be up again.
pub fn is_pressed(ctx: &egui::Context, modifiers: egui::Modifiers, key: egui::Key) -> bool {
    ctx.input(|i| i.events.iter().any(|e| is_press(e, modifiers, key)))
}

/// The same; nobody else sees the key then.
pub fn take_key(ctx: &egui::Context, modifiers: egui::Modifiers, key: egui::Key) -> bool {
    ctx.input_mut(|i| i.events.extract_if(.., |e| is_press(e, modifiers, key)).count() > 0)
}

fn is_press(event: &egui::Event, wanted: egui::Modifiers, wanted_key: egui::Key) -> bool {
    match event {
        egui::Event::Key { key, pressed: true, modifiers, .. } => {
            *key == wanted_key && modifiers.matches_exact(wanted)
        }
        _ => false,
    }
}
