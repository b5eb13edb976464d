namespace IoTCentral.Core.Outbox;

/// <summary>How an attempt ended.</summary>
public enum SendResult
{
    Sent,

    /// <summary>May go better later.</summary>
    Failed,

    /// <summary>Will never go: no such mailbox, an address that is not allowed.</summary>
    Refused,

    /// <summary>There is no way to send it at all: no mail server.</summary>
    NotConfigured,
}

/// <param name="Reason">In words, for people; without secrets.</param>
public readonly record struct SendOutcome(SendResult Result, string? Reason = null)
{
    public static SendOutcome Sent { get; } = new(SendResult.Sent);

    public static SendOutcome Failed(string reason) => new(SendResult.Failed, reason);

    public static SendOutcome Refused(string reason) => new(SendResult.Refused, reason);
}

/// <summary>Carries messages of one kind to where they go.</summary>
public interface IOutboxSender
{
    OutboxKind Kind { get; }

    /// <summary>One attempt; ends when <paramref name="ct"/> does. An exception counts as <see cref="SendResult.Failed"/>.</summary>
    Task<SendOutcome> SendAsync(OutboxMessage message, CancellationToken ct);
}
