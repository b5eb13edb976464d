namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Where an AMQP connection stands when the first mutated frame comes.</summary>
internal enum AmqpState
{
    /// <summary>Nothing was said yet.</summary>
    Fresh,

    /// <summary>It was offered ways to sign in.</summary>
    Choosing,

    /// <summary>Its SASL PLAIN is being looked at: storage is slow.</summary>
    SigningIn,
    Refused,

    /// <summary>SASL is over, AMQP has not begun.</summary>
    Entered,
    Opened,

    /// <summary>It has a session, and nobody has signed in.</summary>
    Begun,
    CbsAttached,

    /// <summary>Its token is being looked at.</summary>
    TokenPending,
    SignedIn,

    /// <summary>All links of a device are there, with credit.</summary>
    Attached,

    /// <summary>Messages are not stored yet.</summary>
    InFlight,

    /// <summary>So much is not stored yet that the hub reads on when some of it is.</summary>
    WindowFull,

    /// <summary>A message of several frames has begun.</summary>
    Partial,
    TwinPending,

    /// <summary>A method waits for its answer.</summary>
    MethodOpen,

    /// <summary>Messages to it wait for their outcome.</summary>
    CloudInHand,
    Detached,
    SessionEnded,

    /// <summary>It has said good-bye.</summary>
    Left,

    /// <summary>The hub stops while messages are not stored yet.</summary>
    Stopping,
    DpsSignedIn,
    DpsAttached,

    /// <summary>It has registered and waits for the answer.</summary>
    DpsPending,
    DpsAssigned,
}

/// <summary>What a frame is to the hub: its performative, of attach and transfer what they lead to, and the ways of being none.</summary>
internal enum AmqpKind
{
    HeaderAmqp,
    HeaderSasl,
    HeaderOdd,
    SaslInit,

    /// <summary>What only a server says, or another step of it.</summary>
    SaslOther,
    Open,
    Begin,
    AttachCbs,
    AttachEvents,
    AttachCloud,
    AttachMethods,
    AttachTwin,
    AttachDps,
    AttachForeign,
    AttachOdd,
    FlowSession,
    FlowLink,
    TransferToken,
    TransferEvent,
    TransferBatch,
    TransferAnswer,
    TransferTwin,
    TransferDps,

    /// <summary>More of it follows.</summary>
    TransferPart,
    TransferAborted,

    /// <summary>On a handle that no link of a device has.</summary>
    TransferOdd,
    Disposition,
    Detach,
    End,
    Close,
    Empty,

    /// <summary>A frame of another type, or of no performative.</summary>
    Odd,
    Unreadable,

    /// <summary>Bytes end before the frame does.</summary>
    Unfinished,

    /// <summary>A size that is not even that of a frame's head.</summary>
    TooSmall,

    /// <summary>A size that no frame may have.</summary>
    Oversized,
}

/// <summary>The handles that a device gives its links here.</summary>
internal static class Handles
{
    public const uint CbsAsk = 0;
    public const uint CbsReply = 1;
    public const uint Events = 2;
    public const uint Cloud = 3;
    public const uint Calls = 4;
    public const uint Answers = 5;
    public const uint TwinReply = 6;
    public const uint TwinAsk = 7;
    public const uint DpsAsk = 8;
    public const uint DpsReply = 9;
    public const uint Nobody = 30;
}
