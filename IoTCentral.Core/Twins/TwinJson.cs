using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>Twins as devices read them.</summary>
public static class TwinJson
{
    // Plain UTF-8 instead of \u escapes: the readers are devices, never HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Properties only, no wrapper, no metadata; <c>$version</c> on both sides (contract §2.5).</summary>
    public static byte[] ForDevice(Twin twin)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            Write(json, "desired", twin.Desired, twin.DesiredVersion);
            Write(json, "reported", twin.Reported, twin.ReportedVersion);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>All of a twin for people to read: indented, with metadata and versions, and what only we know.</summary>
    public static string ForPeople(Twin twin)
    {
        var whole = new JsonObject
        {
            ["desired"] = Side(twin.Desired, twin.DesiredMetadata, twin.DesiredVersion),
            ["reported"] = Side(twin.Reported, twin.ReportedMetadata, twin.ReportedVersion),
            ["cloudProperties"] = Side(twin.Cloud, metadata: [], twin.CloudVersion),
        };
        return whole.ToJsonString(Indented);
    }

    /// <summary>A desired patch as it is pushed: what was applied, with the version it made.</summary>
    public static byte[] Notification(JsonObject patch, long version)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            WriteMembers(json, patch, version);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonObject Side(JsonObject values, JsonObject metadata, long version)
    {
        var side = (JsonObject)values.DeepClone();
        if (metadata.Count > 0)
            side["$metadata"] = metadata.DeepClone();
        side["$version"] = version;
        return side;
    }

    private static void Write(Utf8JsonWriter json, string name, JsonObject properties, long version)
    {
        json.WriteStartObject(name);
        WriteMembers(json, properties, version);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, JsonObject properties, long version)
    {
        foreach (var (name, value) in properties)
        {
            json.WritePropertyName(name);
            if (value is null)
                json.WriteNullValue();
            else
                value.WriteTo(json);
        }

        json.WriteNumber("$version", version);
    }
}
