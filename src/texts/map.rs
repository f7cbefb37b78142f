//! Signs, figures and spoken names of the map.
super::catalogue! {
    /// Signs, figures and spoken names of the map.
    Map {
        worse: "worse" => "悪化";
        new: "new" => "新規";
        gone: "gone" => "消滅";
        better: "better" => "改善";
        unchanged: "unchanged" => "変化なし";
        insufficient_data: "insufficient data" => "データ不足";
        zoom_in: "Zoom in" => "拡大";
        zoom_out: "Zoom out" => "縮小";
        show_everything: "Show everything" => "全体を表示";
        click_for_its_trace: "{call}\nClick for its trace" => "{call}\nクリックでトレースを表示";
        call: "call" => "呼び出し";
        slow: "slow" => "低速";
        failed: "failed" => "失敗";
        service: "service" => "サービス";
        database: "database" => "データベース";
        cache: "cache" => "キャッシュ";
        queue: "queue" => "キュー";
        external: "external" => "外部";
        user: "user" => "ユーザー";
        unknown_kind: "unknown kind" => "種類不明";
        group: "group" => "グループ";
        few_calls: "few calls" => "件数不足";
        healthy: "healthy" => "正常";
        warning: "warning" => "警告";
        critical: "critical" => "重大";
        no_traffic: "no traffic" => "トラフィックなし";
        group_of: "group of {count}" => "{count}個のグループ";
        ill_members: "{ill} of {count} {health}" => "{count}個中{ill}個が{health}";
        requests_per_minute: "{count} requests per minute" => "毎分{count}リクエスト";
        percentile_95: "95th percentile {length}" => "95パーセンタイル {length}";
        edge_changed: "{from} to {to}, {change}" => "{from}から{to}、{change}";
        edge: "{from} to {to}" => "{from}から{to}";
        calls_per_minute: "{count} calls per minute" => "毎分{count}回の呼び出し";
        no_calls: "no calls" => "呼び出しなし";
        timeouts: "{count} timeouts" => "タイムアウト{count}件";
        calls_itself_times_per_minute: ", calls itself {count} times per minute"
            => "、毎分{count}回自分を呼び出し";
        calls_itself: ", calls itself" => "、自分を呼び出し";
        percent_errors: "{share} percent errors" => "エラー{share}パーセント";
        close_the_legend: "Close the legend" => "凡例を閉じる";
        explain_every_sign_of_the: "Explain every sign of the map" => "マップの記号をすべて説明";
        calls_min: "calls/min" => "回/分";
        minimap_stays_away: "Minimap off. All of the map is in view, where none is needed."
            => "ミニマップ：オフ。マップ全体が表示されているため不要です。";
        minimap_comes_later: "Minimap on: it comes when a part of the map is out of view."
            => "ミニマップ：オン。マップの一部が見えなくなると表示されます。";
        minimap_drag_to_look_elsewhere: "Minimap: drag to look elsewhere"
            => "ミニマップ：ドラッグで表示位置を移動";
        width_and_height_are_from: "Width and height are from {least} to {most} pixels."
            => "幅と高さは{least}〜{most}ピクセルです。";
        a_picture_has_at_most: "A picture has at most 134 million pixels."
            => "画像は最大1億3400万ピクセルです。";
        the_picture_could_not_be: "The picture could not be encoded: {error}"
            => "画像をエンコードできませんでした：{error}";
        nodes: "{count} nodes" => "{count}ノード";
        come_in: "{rate} in" => "受信{rate}";
        fail: "{share} fail" => "失敗{share}";
        close_the_notice: "Close the notice" => "通知を閉じる";
        rings_around: "Rings around {name}: each ring is one call farther away"
            => "{name} を中心とする同心円: 輪は呼び出し1回分の距離";
        rings_around_the_busiest: "Rings around {name}, which has the most connections: each ring is one call farther away"
            => "接続が最も多い {name} を中心とする同心円: 輪は呼び出し1回分の距離";
        arranging: "Arranging the map…" => "マップを配置しています…";
        click_to_come_closer: "Click to come closer" => "クリックで拡大";
        stays_where_you_put_it: "Stays where you put it (right click: let go)"
            => "置いた場所に固定（右クリックで解除）";
        lines_that_lead_elsewhere: "{count} lines that lead elsewhere are left out" => "他へ向かう線{count}本は省略";
        zoom_in_for_quieter_lines: "zoom in for {count} quieter lines" => "拡大すると静かな線{count}本も表示";
    }
}
