using System.Text.Json.Nodes;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Twins;

/// <summary>
/// What is wanted of a device, what it reports, and what only we know of it. Each side counts its writes; metadata
/// says for every level when and with which version it was written last.
/// </summary>
public sealed record Twin
{
    public required TenantId TenantId { get; init; }
    public required long DeviceKey { get; init; }
    public JsonObject Desired { get; init; } = [];
    public long DesiredVersion { get; init; } = 1;
    public JsonObject DesiredMetadata { get; init; } = [];
    public JsonObject Reported { get; init; } = [];
    public long ReportedVersion { get; init; } = 1;
    public JsonObject ReportedMetadata { get; init; } = [];

    /// <summary>Cloud properties: never sent to the device.</summary>
    public JsonObject Cloud { get; init; } = [];
    public int CloudVersion { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>This twin with the patch reported by its device.</summary>
    public Twin Report(JsonObject patch, DateTimeOffset now) =>
        this with
        {
            Reported = TwinMerge.Apply(Reported, patch),
            ReportedVersion = ReportedVersion + 1,
            ReportedMetadata = TwinMerge.Stamp(ReportedMetadata, patch, now, ReportedVersion + 1),
            UpdatedAt = now,
        };

    /// <summary>This twin with the patch wanted of its device.</summary>
    public Twin Desire(JsonObject patch, DateTimeOffset now) =>
        this with
        {
            Desired = TwinMerge.Apply(Desired, patch),
            DesiredVersion = DesiredVersion + 1,
            DesiredMetadata = TwinMerge.Stamp(DesiredMetadata, patch, now, DesiredVersion + 1),
            UpdatedAt = now,
        };

    /// <summary>This twin with cloud properties patched.</summary>
    public Twin Annotate(JsonObject patch, DateTimeOffset now) =>
        this with
        {
            Cloud = TwinMerge.Apply(Cloud, patch),
            CloudVersion = CloudVersion + 1,
            UpdatedAt = now,
        };
}
