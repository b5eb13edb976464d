using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>A patch of the sides of a twin that people write; null: stays as it is.</summary>
/// <param name="Desired">What is wanted of the device.</param>
/// <param name="Cloud">What only we know of it.</param>
public sealed record TwinSides(JsonObject? Desired, JsonObject? Cloud)
{
    /// <summary>What the members of this patch were before: as a patch it takes them back.</summary>
    internal TwinSides Before(Twin twin) =>
        new(
            Desired is null ? null : TwinMerge.Former(twin.Desired, Desired),
            Cloud is null ? null : TwinMerge.Former(twin.Cloud, Cloud)
        );

    /// <summary>For the audit log: the one side that changes, or both by name.</summary>
    internal string Describe() =>
        Desired is not null && Cloud is not null
            ? new JsonObject { ["desired"] = Desired.DeepClone(), ["cloud"] = Cloud.DeepClone() }.ToJsonString()
            : (Desired ?? Cloud ?? []).ToJsonString();
}
