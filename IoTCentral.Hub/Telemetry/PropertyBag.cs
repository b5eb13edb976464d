using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace IoTCentral.Hub.Telemetry;

/// <summary>
/// What the tail of a telemetry topic says about a message (contract §2.4): <c>k=v&amp;k=v</c>, each percent-encoded, a
/// plus sign being a plus sign. Immutable, so that a connection may reuse it for the same text.
/// </summary>
internal sealed class PropertyBag
{
    public static PropertyBag Empty { get; } = new();

    // Times outside what PostgreSQL and charts can hold are no times.
    private static readonly DateTimeOffset Earliest = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int MaxComponent = 256;

    /// <summary>Plug and Play component; empty for the root.</summary>
    public string Component { get; private init; } = "";

    /// <summary>When the device says it was made; null when it does not, or not in a way that can be read.</summary>
    public DateTimeOffset? CreatedAt { get; private init; }

    /// <summary>Hash of the message id; null when there is none.</summary>
    public ulong? MessageId { get; private init; }

    /// <summary>The content type says that the body is something else than JSON.</summary>
    public bool IsNotJson { get; private init; }

    /// <summary>Bytes that count against a message's size: values of system properties, names and values of others.</summary>
    public int Size { get; private init; }

    /// <summary><c>{"system":{…},"application":{…}}</c>; empty when there are no properties.</summary>
    public byte[] Json { get; private init; } = [];

    /// <param name="text">What follows <c>messages/events/</c>.</param>
    /// <param name="isRetain">Published with RETAIN, which becomes an application property.</param>
    /// <param name="isWill">The will of a connection that broke.</param>
    public static PropertyBag Read(ReadOnlySpan<byte> text, bool isRetain = false, bool isWill = false)
    {
        if (text.EndsWith("/"u8))
            text = text[..^1];
        if (text.IsEmpty && !isRetain && !isWill)
            return Empty;

        return Of(Pairs(text), isRetain, isWill);
    }

    /// <param name="properties">Keys as a topic spells them, decoded: <c>$.mid</c>, or an application's own; null: no value.</param>
    public static PropertyBag Of(IEnumerable<KeyValuePair<string, string?>> properties)
    {
        var pairs = properties.Select(p => new BagPair(SystemName(p.Key), p.Key, p.Value)).ToList();
        return pairs.Count == 0 ? Empty : Of(pairs, isRetain: false, isWill: false);
    }

    private static PropertyBag Of(List<BagPair> pairs, bool isRetain, bool isWill)
    {
        var mid = Find(pairs, "message-id");
        var type = Find(pairs, "content-type");
        var time = FindApplication(pairs, "iothub-creation-time-utc") ?? Find(pairs, "iothub-creation-time-utc");
        return new()
        {
            Component = ComponentOf(Find(pairs, "dt-subject")),
            CreatedAt = ReadTime(time),
            MessageId = string.IsNullOrEmpty(mid) ? null : XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(mid)),
            IsNotJson = type is not null && !type.Contains("json", StringComparison.OrdinalIgnoreCase),
            Size = pairs.Sum(p => SizeOf(p.Value) + (p.System is null ? SizeOf(p.Key) : 0)),
            Json = WriteJson(pairs, isRetain, isWill),
        };
    }

    private static List<BagPair> Pairs(ReadOnlySpan<byte> text)
    {
        var pairs = new List<BagPair>();
        foreach (var range in text.Split((byte)'&'))
        {
            var pair = text[range];
            if (pair.IsEmpty)
                continue;
            var at = pair.IndexOf((byte)'=');
            var key = PercentCode.Decode(at < 0 ? pair : pair[..at]);
            // a key without "=" is null, "k=" is empty
            pairs.Add(new BagPair(SystemName(key), key, at < 0 ? null : PercentCode.Decode(pair[(at + 1)..])));
        }

        return pairs;
    }

    private static string? SystemName(string key) =>
        key switch
        {
            "$.mid" => "message-id",
            "$.cid" => "correlation-id",
            "$.uid" => "user-id",
            "$.to" => "to",
            "$.ct" => "content-type",
            "$.ce" => "content-encoding",
            "$.exp" => "absolute-expiry-time",
            "$.ctime" => "iothub-creation-time-utc",
            "$.sub" => "dt-subject",
            "$.ifid" => "iothub-interface-id",
            "$.on" => "iothub-outputname",
            "$.cdid" => "iothub-connection-device-id",
            "$.cmid" => "iothub-connection-module-id",
            "$.schema" => "iothub-message-schema",
            _ when key.StartsWith("$.", StringComparison.Ordinal) => key[2..],
            _ => null,
        };

    // The last of several equal keys wins.
    private static string? Find(List<BagPair> pairs, string system) => pairs.FindLast(p => p.System == system).Value;

    private static string? FindApplication(List<BagPair> pairs, string key) =>
        pairs.FindLast(p => p.System is null && p.Key == key).Value;

    private static string ComponentOf(string? subject) =>
        subject is null ? ""
        : subject.Length > MaxComponent || subject.Any(char.IsControl) ? ""
        : subject;

    private static DateTimeOffset? ReadTime(string? text) =>
        DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
        && time >= Earliest
        && time < Latest
            ? Microseconds(time)
            : null;

    /// <summary>As PostgreSQL keeps times, so that what is read back is what was judged.</summary>
    internal static DateTimeOffset Microseconds(DateTimeOffset time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    private static int SizeOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static byte[] WriteJson(List<BagPair> pairs, bool isRetain, bool isWill)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        var system = LastOfEach(pairs.Where(p => p.System is not null), p => p.System!);
        if (isWill)
            system["iothub-MessageType"] = "Will";
        WriteObject(json, "system", system);
        var application = LastOfEach(pairs.Where(p => p.System is null), p => p.Key);
        if (isRetain)
            application["mqtt-retain"] = "true";
        WriteObject(json, "application", application);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static Dictionary<string, string?> LastOfEach(IEnumerable<BagPair> pairs, Func<BagPair, string> name)
    {
        var last = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var pair in pairs)
            last[name(pair)] = pair.Value;
        return last;
    }

    private static void WriteObject(Utf8JsonWriter json, string name, Dictionary<string, string?> members)
    {
        if (members.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in members)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private readonly record struct BagPair(string? System, string Key, string? Value);
}
