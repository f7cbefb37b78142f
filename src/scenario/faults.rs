//! How things go wrong in the scenarios, with the stack traces that SDKs record.
use super::system::Fault;

/// What a caller makes of a callee's failure that it has no better word for.
pub(super) fn bad_gateway(_: &Fault) -> Fault {
    Fault {
        http: 502,
        grpc: "UNAVAILABLE",
        exception: "BadGateway",
        message: "a dependency failed",
        stacktrace: "",
        timed_out: false,
    }
}

/// The same answer is passed on.
pub(super) fn same(fault: &Fault) -> Fault {
    *fault
}

/// A service that fails some of its calls all the time.
pub(super) const INTERNAL: Fault = Fault {
    http: 500,
    grpc: "INTERNAL",
    exception: "InternalError",
    message: "unexpected state",
    stacktrace: "InternalError: unexpected state\n    at handle (/app/src/handler.js:88:13)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
    timed_out: false,
};

/// A service whose memory is used up.
pub(super) const OUT_OF_MEMORY: Fault = Fault {
    http: 500,
    grpc: "INTERNAL",
    exception: "java.lang.OutOfMemoryError",
    message: "Java heap space",
    stacktrace: "java.lang.OutOfMemoryError: Java heap space\n\tat com.example.shop.inventory.StockCache.load(StockCache.java:88)\n\tat com.example.shop.inventory.StockController.stock(StockController.java:41)",
    timed_out: false,
};

/// What the gateway tells a customer whose payment did not go through.
pub(super) fn payment_error(cause: &Fault) -> Fault {
    if cause.timed_out || cause.http >= 500 { PAYMENT_FAILED } else { PAYMENT_DECLINED }
}

const PAYMENT_FAILED: Fault = Fault {
    http: 503,
    grpc: "UNAVAILABLE",
    exception: "PaymentError",
    message: "payment error",
    stacktrace: "PaymentError: payment error\n    at CheckoutHandler.pay (/app/dist/checkout/handler.js:141:19)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n    at async CheckoutHandler.handle (/app/dist/checkout/handler.js:67:9)\n    at async /app/dist/server.js:212:5",
    timed_out: false,
};

const PAYMENT_DECLINED: Fault = Fault {
    http: 402,
    grpc: "FAILED_PRECONDITION",
    exception: "PaymentDeclined",
    message: "payment declined",
    stacktrace: "",
    timed_out: false,
};

/// Stripe refuses a card.
pub(super) const CARD_DECLINED: Fault = Fault {
    http: 402,
    grpc: "FAILED_PRECONDITION",
    exception: "*stripe.CardError",
    message: "Your card was declined.",
    stacktrace: "",
    timed_out: false,
};

/// Stripe is down and says so at once.
pub(super) const STRIPE_DOWN: Fault = Fault {
    http: 503,
    grpc: "UNAVAILABLE",
    exception: "*stripe.APIError",
    message: "Stripe is temporarily unavailable",
    stacktrace: "",
    timed_out: false,
};

/// Stripe does not even answer.
pub(super) const STRIPE_SILENT: Fault = Fault {
    http: 504,
    grpc: "DEADLINE_EXCEEDED",
    exception: "context.deadlineExceededError",
    message: "Post \"https://api.stripe.com/v1/charges\": context deadline exceeded",
    stacktrace: "",
    timed_out: true,
};

/// What the payment service answers when its provider is of no help.
pub(super) fn provider_down(cause: &Fault) -> Fault {
    if cause.http < 500 {
        return *cause;
    }
    Fault {
        http: 503,
        grpc: "UNAVAILABLE",
        exception: "ProviderUnavailable",
        message: "payment provider unavailable, no other provider is configured",
        stacktrace: "goroutine 1184 [running]:\nexample.com/payment/internal/charge.(*Service).Charge(0xc0004a2000)\n\t/src/internal/charge/charge.go:117 +0x5d4",
        timed_out: false,
    }
}

/// Somebody mistyped a password.
pub(super) const WRONG_PASSWORD: Fault = Fault {
    http: 401,
    grpc: "UNAUTHENTICATED",
    exception: "InvalidCredentials",
    message: "invalid credentials",
    stacktrace: "",
    timed_out: false,
};

/// The recommendation model gives no answer for some users; the shop shows best-sellers instead.
pub(super) const NO_RECOMMENDATION: Fault = Fault {
    http: 503,
    grpc: "UNAVAILABLE",
    exception: "ModelNotReadyError",
    message: "no embedding for user segment, model shard is reloading",
    stacktrace: "Traceback (most recent call last):\n  File \"/app/recommend/api.py\", line 58, in recommend\n    scores = self.model.score(user, candidates)\n  File \"/app/recommend/model.py\", line 131, in score\n    vectors = self.shards[shard].lookup(user.segment)\n  File \"/app/recommend/shards.py\", line 44, in lookup\n    raise ModelNotReadyError(shard)\nrecommend.errors.ModelNotReadyError: no embedding for user segment, model shard is reloading",
    timed_out: false,
};
