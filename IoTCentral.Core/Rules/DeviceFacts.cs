using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>What rules know about a device besides its messages.</summary>
public sealed record DeviceFacts
{
    public required TenantId TenantId { get; init; }
    public required long Key { get; init; }
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Null: unassigned, no rule concerns it.</summary>
    public string? TemplateId { get; init; }
    public int OrganizationId { get; init; } = Application.RootOrganization;

    /// <summary>Scalar reported and cloud properties as stored text.</summary>
    public IReadOnlyDictionary<PropertyKey, string> Properties { get; init; } = NoProperties;

    /// <summary>Received time of its newest message; null: never.</summary>
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>Since when it has no connection; null: connected, or never was.</summary>
    public DateTimeOffset? DisconnectedAt { get; init; }

    public static IReadOnlyDictionary<PropertyKey, string> NoProperties { get; } =
        new Dictionary<PropertyKey, string>();
}
