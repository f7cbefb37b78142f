//! The map: services and their calls as a picture that can be read, pointed at and moved.
mod boxes;
mod camera;
mod canvas;
mod change;
mod controls;
mod dots;
mod draw;
mod edge;
mod edge_signs;
mod emphasis;
mod figures;
mod galleys;
mod glide;
mod input;
mod labels;
mod legend;
mod legend_card;
mod looking;
mod mark;
mod mesh;
mod minimap;
mod name_block;
mod names;
mod node;
mod occupied;
pub mod picture;
mod placing;
mod prepared;
mod reach;
mod rings;
mod scene;
mod speaking;
mod stencils;

pub use boxes::HullScene;
pub use camera::{Camera, is_narrow};
pub use canvas::{MapEvent, MapState, show};
pub use change::{Change, Verdict};
pub use controls::show_arranging;
pub use dots::{Dot, DotLook, Dots};
pub use input::{GroupFigures, Health, ItemSet, MapEdge, MapInput, MapItem, MapNode, NodeKind};
pub use mark::{Mark, Sign};
pub use scene::{EdgeScene, MapScene, NodeScene, layout_request};
pub use speaking::{Brief, MOST_LINES, OperationLine, OperationLines};

#[cfg(test)]
mod map_tests;
#[cfg(test)]
mod words_tests;
