using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>What a simulated device reports of itself when it connects, in the form of IoT Plug and Play.</summary>
internal static class ReportedProperties
{
    // The device's own default for a writable property (IoT Plug and Play: ac 203, av 0).
    private const int DefaultOfDevice = 203;

    /// <summary>Properties do not change with time: they have the values of this one.</summary>
    private static readonly DateTimeOffset Epoch = new(2026, 1, 15, 10, 0, 0, TimeSpan.Zero);

    public static ReadOnlyMemory<byte> Of(
        DeviceTemplate template,
        SimulationSettings settings,
        (double, double) home,
        ulong seed
    )
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        var sources = new SourceFactory(settings, new Rhythm(seed), home, seed);
        json.WriteStartObject();
        foreach (var component in template.Capabilities.Where(IsReported).GroupBy(c => c.Component))
        {
            if (component.Key.Length > 0)
            {
                json.WriteStartObject(component.Key);
                json.WriteString("__t", "c");
            }

            foreach (var property in component)
                Write(json, property, settings, sources);
            if (component.Key.Length > 0)
                json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory.ToArray();
    }

    private static bool IsReported(Capability c) =>
        c is { Kind: CapabilityKind.Property, IsCloud: false, Schema: not null };

    private static void Write(
        Utf8JsonWriter json,
        Capability property,
        SimulationSettings settings,
        SourceFactory sources
    )
    {
        json.WritePropertyName(property.Name);
        if (property.IsWritable)
        {
            json.WriteStartObject();
            json.WritePropertyName("value");
        }

        if (
            settings.Properties.TryGetValue(property.Path, out var given) || (given = property.InitialValue) is not null
        )
            json.WriteRawValue(given);
        else
            sources
                .Of(property with { Types = [.. property.Types.Where(t => t != DtdlTypes.Event)] })
                .Write(json, Moment.Of(Epoch, settings.Interval, settings.TimeZone), []);
        if (!property.IsWritable)
            return;
        json.WriteNumber("ac", DefaultOfDevice);
        json.WriteNumber("av", 0);
        json.WriteEndObject();
    }
}
