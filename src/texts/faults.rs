//! What is wrong with what somebody typed.
super::catalogue! {
    /// What is wrong with what somebody typed.
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
        lone_not: "expected != or !~" => "!= または !~ が必要です";
        open_quote: "this quote is not closed" => "引用符が閉じていません";
    }
}
