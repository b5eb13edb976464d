using System.Text.Json;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Outbox;

/// <summary>By which way something leaves the program.</summary>
public enum OutboxKind
{
    Email,
    Webhook,
}

/// <summary>How far a message that must leave has come.</summary>
public enum OutboxStatus
{
    /// <summary>Waits for its turn, or for its next attempt.</summary>
    Pending,
    Sent,

    /// <summary>Given up; <see cref="OutboxMessage.LastError"/> says why.</summary>
    Failed,

    /// <summary>There is no mail server: kept to be read here.</summary>
    NotSent,
}

/// <summary>What must leave the program: written in the transaction that decides it, sent afterwards, at least once.</summary>
public sealed record OutboxMessage
{
    public required TenantId TenantId { get; init; }
    public required Guid Id { get; init; }

    /// <summary>What it tells, e.g. alert + action + transition: the same thing is never put in twice.</summary>
    public required string Key { get; init; }
    public required OutboxKind Kind { get; init; }

    /// <summary>Mail address or web address.</summary>
    public required string Target { get; init; }

    /// <summary>A <see cref="MailContent"/> as JSON, or the webhook's body.</summary>
    public required string Payload { get; init; }

    /// <summary>HMAC secret of a webhook, wrapped by the master key at <see cref="SecretPlace"/>; null: not signed.</summary>
    public byte[]? Secret { get; init; }
    public string SecretPlace => PlaceOf(TenantId, Id);
    public Guid? AlertId { get; init; }
    public OutboxStatus Status { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset NextAttemptAt { get; init; }
    public string? LastError { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? SentAt { get; init; }

    public static string PlaceOf(TenantId tenant, Guid id) => $"outbox/{tenant}/{id}";

    /// <summary>The mail to read; null when it is no mail.</summary>
    public MailContent? Mail => Kind == OutboxKind.Email ? MailContent.Read(Payload) : null;
}

/// <summary>A mail, ready but for sender and recipient.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">For readers without HTML; the same words.</param>
public sealed record MailContent(string Subject, string Text, string Html)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    public static MailContent Read(string json) =>
        JsonSerializer.Deserialize<MailContent>(json) ?? new MailContent("", "", "");
}
