//! What is wrong with what somebody typed, or wrote into a file of rules.
super::catalogue! {
    /// What is wrong with what somebody typed, or wrote into a file of rules.
    Faults {
        no_end: "expected AND, OR or the end" => "ここには AND、OR、または終わりが必要です";
        too_deep: "this is nested too deeply" => "入れ子が深すぎます";
        open_parenthesis: "expected )" => ") が必要です";
        no_word: "expected a word such as service:cart, error or dur>200ms"
            => "service:cart、error、dur>200ms のような語が必要です";
        no_value: "expected a value after {key}" => "{key} の後に値が必要です";
        pattern_of_duration: "a duration has no text: write dur>200ms or dur:100ms..2s"
            => "所要時間は文字列ではありません。dur>200ms や dur:100ms..2s と書いてください";
        bad_pattern: "this pattern cannot be read: {why}" => "この正規表現は読めません：{why}";
        open_pattern: "this pattern is not closed: end it with /" => "正規表現が閉じていません。/ で終えてください";
        no_duration: "{value} is not a duration: write 200ms, 1.5s or 100ms..2s"
            => "{value} は時間ではありません。200ms、1.5s、100ms..2s のように書いてください";
        never_there: "{value} is no {key}: there are {known}"
            => "{value} という {key} はありません。あるのは {known} です";
        space_before_unit: "write {together}, without a space" => "空白を入れずに {together} と書いてください";
        empty_range: "{from}..{to} is empty: it ends before it begins"
            => "{from}..{to} は空です。終わりが始まりより前です";
        no_number: "{value} is no number: write 500..599; as text it stands in quotes"
            => "{value} は数値ではありません。500..599 のように書くか、文字列なら引用符で囲んでください";
        too_long: "a filter has at most {most} tests" => "フィルターに書ける条件は最大{most}個です";
        unknown_key: "no span has an attribute {key} yet" => "{key} という属性を持つスパンはまだありません";
        unknown_key_near: "no span has an attribute {key} yet; did you mean {near}?"
            => "{key} という属性を持つスパンはまだありません。{near} のことですか？";
        milliseconds: "{value} without a unit is taken as {value}ms"
            => "単位のない {value} は {value}ms とみなします";
        in_line: "line {line}: {what}" => "{line}行目：{what}";
        window_above_0: "the rule's `window` must be above 0" => "ルールの `window` は0より大きくしてください";
        no_level: "the rule has neither `warning` nor `critical`" => "ルールに `warning` も `critical` もありません";
        no_length: "{value}: write a length as 30s, 5m or 6h" => "{value}：長さは 30s、5m、6h のように書いてください";
        clear_is_a_share: "`clear` must be above 0 and at most 1" => "`clear` は0より大きく1以下にしてください";
        target_is_a_share: "`target` must be between 0 and 1, such as 0.995"
            => "`target` は 0.995 のように0と1の間にしてください";
        no_such_word: "{value} is no {what}; known are {known}" => "{value} という {what} はありません。あるのは {known} です";
        lone_not: "expected != or !~" => "!= または !~ が必要です";
        open_quote: "this quote is not closed" => "引用符が閉じていません";
    }
}
