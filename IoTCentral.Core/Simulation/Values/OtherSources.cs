using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Core.Simulation;

/// <summary>A walk around the place where the device stands.</summary>
internal sealed class PlaceSource((double Latitude, double Longitude) home, double reachDegrees, ulong seed)
    : ValueSource
{
    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        json.WriteStartObject();
        json.WriteNumber("lat", Math.Round(home.Latitude + reachDegrees * Noise.Wander(seed, at.Hours * 4), 5));
        json.WriteNumber("lon", Math.Round(home.Longitude + reachDegrees * Noise.Wander(seed ^ 1, at.Hours * 4), 5));
        json.WriteEndObject();
    }
}

/// <summary>A GeoJSON geometry: a small square around the place, or its first corner where a point is wanted.</summary>
internal sealed class GeometrySource(string dtdlType, (double Latitude, double Longitude) home) : ValueSource
{
    private static readonly (double Latitude, double Longitude)[] Square = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)];

    /// <summary>Lists around the list of points; -1: one point, no list.</summary>
    private readonly int _lists = dtdlType switch
    {
        "point" => -1,
        "multiPoint" or "lineString" => 0,
        "multiLineString" or "polygon" => 1,
        _ => 2,
    };

    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        json.WriteStartObject();
        json.WriteString("type", char.ToUpperInvariant(dtdlType[0]) + dtdlType[1..]);
        json.WritePropertyName("coordinates");
        if (_lists < 0)
            Point(json, Square[0]);
        else
            Points(json);
        json.WriteEndObject();
    }

    private void Points(Utf8JsonWriter json)
    {
        for (var i = 0; i <= _lists; i++)
            json.WriteStartArray();
        foreach (var corner in Square)
            Point(json, corner);
        for (var i = 0; i <= _lists; i++)
            json.WriteEndArray();
    }

    private void Point(Utf8JsonWriter json, (double Latitude, double Longitude) corner)
    {
        json.WriteStartArray();
        json.WriteNumberValue(Math.Round(home.Longitude + corner.Longitude * 0.001, 5));
        json.WriteNumberValue(Math.Round(home.Latitude + corner.Latitude * 0.001, 5));
        json.WriteEndArray();
    }
}

/// <summary>Three axes that tremble; the third carries the weight if it is an acceleration.</summary>
internal sealed class VectorSource(double weight, double noise, ulong seed) : ValueSource
{
    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        json.WriteStartObject();
        json.WriteNumber("x", Math.Round(noise * Noise.Bell(seed, at.Milliseconds), 3));
        json.WriteNumber("y", Math.Round(noise * Noise.Bell(seed ^ 1, at.Milliseconds), 3));
        json.WriteNumber("z", Math.Round(weight + noise * Noise.Bell(seed ^ 2, at.Milliseconds), 3));
        json.WriteEndObject();
    }
}

/// <summary>A text that stays the same.</summary>
internal sealed class TextSource(string text) : ValueSource
{
    public override void Write(
        Utf8JsonWriter json,
        in Moment at,
        IReadOnlyList<(Episode Episode, Effect Effect)> felt
    ) => json.WriteStringValue(text);
}

/// <summary>Dates and times of day that go with the clock.</summary>
internal sealed class ClockSource(string format) : ValueSource
{
    public override void Write(
        Utf8JsonWriter json,
        in Moment at,
        IReadOnlyList<(Episode Episode, Effect Effect)> felt
    ) => json.WriteStringValue(at.Time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
}

/// <summary>Happens about twice a day: in the message after it only.</summary>
internal sealed class EventSource(ValueSource value, ulong seed) : ValueSource
{
    private const long SlotMilliseconds = 8 * 3600 * 1000;

    public override bool IsPresent(in Moment at)
    {
        var step = (long)at.Step.TotalMilliseconds;
        return IsIn((at.Milliseconds - step + 1) / SlotMilliseconds, at, step)
            || IsIn(at.Milliseconds / SlotMilliseconds, at, step);
    }

    public override void Write(
        Utf8JsonWriter json,
        in Moment at,
        IReadOnlyList<(Episode Episode, Effect Effect)> felt
    ) => value.Write(json, at, felt);

    /// <summary>The slot's event is between the message before (not included) and this one.</summary>
    private bool IsIn(long slot, in Moment at, long step)
    {
        if (Noise.Unit(seed, slot) > 0.6)
            return false;
        var time = slot * SlotMilliseconds + (long)(Noise.Unit(seed ^ 1, slot) * SlotMilliseconds);
        return time > at.Milliseconds - step && time <= at.Milliseconds;
    }
}

/// <summary>An object, map or list of other values.</summary>
internal sealed class CompositeSource(IReadOnlyList<(string? Name, ValueSource Source)> parts) : ValueSource
{
    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        var isList = parts.Count > 0 && parts[0].Name is null;
        if (isList)
            json.WriteStartArray();
        else
            json.WriteStartObject();
        foreach (var (name, source) in parts)
        {
            if (name is not null)
                json.WritePropertyName(name);
            source.Write(json, at, []);
        }

        if (isList)
            json.WriteEndArray();
        else
            json.WriteEndObject();
    }
}
