using System.Globalization;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>JSON merge patch (RFC 7396) on twin properties, and the metadata that goes with it.</summary>
internal static class TwinMerge
{
    internal const string LastUpdated = "$lastUpdated";
    internal const string LastUpdatedVersion = "$lastUpdatedVersion";

    /// <summary>A new object; neither argument is changed. Null deletes; objects merge; everything else replaces.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        var merged = (JsonObject)target.DeepClone();
        Merge(merged, patch);
        return merged;
    }

    /// <summary>The values that a patch is about to change; null where there is none.</summary>
    public static JsonObject Former(JsonObject target, JsonObject patch)
    {
        var former = new JsonObject();
        foreach (var (name, value) in patch)
        {
            former[name] =
                value is JsonObject inner && target[name] is JsonObject existing
                    ? Former(existing, inner)
                    : target[name]?.DeepClone();
        }

        return former;
    }

    /// <summary>Metadata after the patch: each level that it touches carries the time and version of this write.</summary>
    public static JsonObject Stamp(JsonObject metadata, JsonObject patch, DateTimeOffset now, long version)
    {
        var stamped = (JsonObject)metadata.DeepClone();
        var time = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        Stamp(stamped, patch, time, version);
        return stamped;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject inner)
            {
                if (target[name] is not JsonObject existing)
                    target[name] = existing = [];
                Merge(existing, inner);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }

    private static void Stamp(JsonObject metadata, JsonObject patch, string time, long version)
    {
        metadata[LastUpdated] = time;
        metadata[LastUpdatedVersion] = version;
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                metadata.Remove(name);
                continue;
            }

            if (value is not JsonObject || metadata[name] is not JsonObject inner)
                metadata[name] = inner = [];
            Stamp(inner, value as JsonObject ?? [], time, version);
        }
    }
}
