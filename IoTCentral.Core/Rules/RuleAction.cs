using System.Text.Json.Serialization;

namespace IoTCentral.Core.Rules;

/// <summary>What a rule does when its alert opens, and when it is resolved if wanted.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(EmailAction), "email")]
[JsonDerivedType(typeof(WebhookAction), "webhook")]
public abstract record RuleAction
{
    /// <summary>Part of the outbox key, so it stays the same while the action is edited; given when missing.</summary>
    public string Id { get; init; } = "";

    /// <summary>Also when the alert is resolved by itself or by a person.</summary>
    public bool OnResolve { get; init; }
}

/// <summary>Sends an e-mail to each recipient.</summary>
public sealed record EmailAction : RuleAction
{
    /// <summary>Addresses, or cloud properties of the device that hold them, written <c>{storeManagerEmail}</c>.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Words of the rule's author, put into the mail as they are.</summary>
    public string Note { get; init; } = "";
}

/// <summary>Posts JSON to an address.</summary>
public sealed record WebhookAction : RuleAction
{
    public string Name { get; init; } = "";
    public required string Url { get; init; }

    /// <summary>Whether the body is signed; the secret itself is stored wrapped and never shown again.</summary>
    public bool HasSecret { get; init; }

    /// <summary>Only when saving: a new HMAC secret; null keeps the stored one, empty removes it.</summary>
    [JsonIgnore]
    public string? NewSecret { get; init; }
}
