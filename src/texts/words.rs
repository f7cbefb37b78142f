//! What kinds, health and certainty are called.
super::catalogue! {
    /// What kinds, health and certainty are called.
    Words {
        service: "service" => "サービス";
        database: "database" => "データベース";
        cache: "cache" => "キャッシュ";
        queue: "queue" => "キュー";
        external: "external" => "外部";
        user: "user" => "ユーザー";
        unknown: "unknown" => "不明";
        the_user: "user" => "ユーザー";
        unknown_caller: "unknown caller" => "不明な呼び出し元";
        unknown_of: "unknown ({caller})" => "不明（{caller}）";
        group: "group" => "グループ";
        rpc: "rpc" => "RPC";
        http: "http" => "HTTP";
        messaging: "messaging" => "メッセージング";
        entry: "entry" => "入口";
        other: "other" => "その他";
        healthy: "healthy" => "正常";
        warning: "warning" => "警告";
        critical: "critical" => "重大";
        high: "high" => "高";
        medium: "medium" => "中";
        low: "low" => "低";
    }
}
