using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// The twin that an enrollment gives to new devices, in DPS's shape:
/// <c>{"tags":{…},"properties":{"desired":{…}}}</c>. Tags are what this product calls cloud properties.
/// </summary>
public static class InitialTwin
{
    private const string Field = "initialTwin";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null: it is one.</summary>
    public static Fault? FindFault(string json)
    {
        try
        {
            var (desired, tags) = Read(json);
            return FindFault(desired, "properties.desired") ?? FindFault(tags, "tags");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            if (e is JsonException && IsJson(json))
                return new Fault(Field, "An initial twin names something twice: each name is there once.");
            return new Fault(Field, "An initial twin is JSON: {\"tags\":{…},\"properties\":{\"desired\":{…}}}.");
        }
    }

    /// <summary>Its two parts, each empty when it is not there.</summary>
    private static (JsonObject Desired, JsonObject Tags) Read(string? json)
    {
        if (json is null || JsonNode.Parse(json, documentOptions: Strict) is not { } twin)
            return ([], []);
        var desired = twin.AsObject()["properties"]?.AsObject()["desired"]?.AsObject();
        return (
            (desired?.DeepClone() ?? new JsonObject()).AsObject(),
            (twin["tags"]?.DeepClone() ?? new JsonObject()).AsObject()
        );
    }

    /// <summary>What was wanted and noted before makes way; what the device reported stays, being its own.</summary>
    internal static Twin Furnish(Twin twin, TwinSides patch, DateTimeOffset now)
    {
        var furnished = patch.Desired is { } wished ? twin.Desire(wished, now) : twin;
        return patch.Cloud is { } noted ? furnished.Annotate(noted, now) : furnished;
    }

    /// <summary>What has to change for a twin to be the one that <paramref name="json"/> says.</summary>
    internal static TwinSides PatchOf(Twin twin, string? json)
    {
        var (desired, tags) = Read(json);
        var (wished, noted) = (InsteadOf(twin.Desired, desired), InsteadOf(twin.Cloud, tags));
        return new(wished.Count == 0 ? null : wished, noted.Count == 0 ? null : noted);
    }

    /// <summary>A patch that makes one of the other.</summary>
    private static JsonObject InsteadOf(JsonObject old, JsonObject wanted)
    {
        var patch = (JsonObject)wanted.DeepClone();
        foreach (var (name, value) in old)
        {
            if (!patch.ContainsKey(name))
                patch[name] = null;
            else if (value is JsonObject before && patch[name] is JsonObject after)
                patch[name] = InsteadOf(before, after);
        }

        return patch;
    }

    private static bool IsJson(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Fault? FindFault(JsonObject side, string name) =>
        TwinPatch.TryRead(Encoding.UTF8.GetBytes(side.ToJsonString()), out _, out var fault)
            ? TwinPatch.CheckSize(side)?.Fault
            : new Fault($"{Field}.{name}", fault.Message);
}
