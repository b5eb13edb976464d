using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Features.Devices;

/// <summary>
/// The properties of a device as IoT Central's API shows them: values by name, components nested, and on each level
/// <c>$metadata</c> with what is wanted, since when, and how the device acknowledged it.
/// </summary>
internal static class DeviceProperties
{
    private const string Metadata = "$metadata";
    private const string Marker = "__t";

    public static JsonObject Of(Twin twin) =>
        Level(
            new(twin.Reported, twin.ReportedMetadata),
            new(twin.Desired, twin.DesiredMetadata),
            new(twin.Cloud, []),
            isRoot: true
        );

    /// <summary>Of all that is shown, what somebody just set: the answer to a change.</summary>
    public static JsonObject Echo(JsonObject shown, JsonObject patch)
    {
        var echo = new JsonObject();
        foreach (var (name, value) in patch)
        {
            if (shown[name] is JsonObject inner && inner.ContainsKey(Metadata) && value is JsonObject members)
                echo[name] = Echo(inner, members);
            else if (shown[name] is { } now)
                echo[name] = now.DeepClone();
            if (shown[Metadata]?[name] is { } metadata)
                (echo[Metadata] ??= new JsonObject())[name] = metadata.DeepClone();
        }

        return echo;
    }

    private static JsonObject Level(Side reported, Side desired, Side cloud, bool isRoot)
    {
        var (level, metadata) = (new JsonObject(), new JsonObject());
        var names = reported.Names.Concat(desired.Names).Concat(cloud.Names).Distinct(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var isComponent =
                isRoot && (reported.IsComponent(name) || desired.IsComponent(name) || cloud.IsComponent(name));
            if (isComponent)
                level[name] = Level(reported.Inner(name), desired.Inner(name), cloud.Inner(name), isRoot: false);
            else
                Property(level, metadata, name, (reported, desired, cloud));
        }

        level[Metadata] = metadata;
        return level;
    }

    private static void Property(
        JsonObject level,
        JsonObject metadata,
        string name,
        (Side Reported, Side Desired, Side Cloud) sides
    )
    {
        var about = new JsonObject();
        var known = WritableProperty.Of(sides.Desired.Part(name), sides.Reported.Part(name));
        if (sides.Reported[name] is not null)
        {
            if (known.Reported is { } value)
                level[name] = value.DeepClone();
            Acknowledge(known.Answer, about);
            about["lastUpdateTime"] = sides.Reported.Time(name);
        }

        if (known.Wanted is { } wanted)
        {
            about["desiredValue"] = wanted.DeepClone();
            about["desiredVersion"] = known.WantedStamp.Version;
            about["lastUpdateTime"] ??= sides.Desired.Time(name);
        }

        if (sides.Cloud[name] is { } noted)
            level[name] = noted.DeepClone();
        if (about.Count > 0)
            metadata[name] = about;
    }

    private static void Acknowledge(Acknowledgement? answer, JsonObject about)
    {
        if (answer is null)
            return;
        about["ackVersion"] = answer.Version;
        about["ackCode"] = answer.Code;
        if (answer.Description is { } words)
            about["ackDescription"] = words;
    }

    /// <summary>Reported, desired or cloud properties of one level, with their metadata.</summary>
    private readonly record struct Side(JsonObject Values, JsonObject Metadata)
    {
        public IEnumerable<string> Names => Values.Select(p => p.Key).Where(n => n != Marker && !n.StartsWith('$'));

        public JsonNode? this[string name] => Values[name];

        public bool IsComponent(string name) => Values[name] is JsonObject inner && inner.ContainsKey(Marker);

        public Side Inner(string name) => new(Values[name] as JsonObject ?? [], Metadata[name] as JsonObject ?? []);

        public (JsonNode? Value, JsonNode? Metadata) Part(string name) => (Values[name], Metadata[name]);

        public JsonNode? Time(string name) => Metadata[name]?["$lastUpdated"]?.DeepClone();
    }
}
