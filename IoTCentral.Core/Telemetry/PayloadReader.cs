using System.Text.Json;

namespace IoTCentral.Core.Telemetry;

/// <summary>What kind of value a point carries.</summary>
public enum PointKind : byte
{
    Number,
    Text,
    Boolean,
    Location,
}

/// <summary>One value of a message. A location keeps latitude in <see cref="Number"/> and longitude in <see cref="Number2"/>.</summary>
/// <param name="Name">Telemetry name; members of an object value are <c>name.member</c>.</param>
public readonly record struct Point(
    string Name,
    PointKind Kind,
    double Number,
    string? Text,
    double Number2 = 0,
    double Number3 = 0
)
{
    public static Point Of(string name, double value) => new(name, PointKind.Number, value, null);

    public static Point Of(string name, string value) => new(name, PointKind.Text, 0, value);

    public static Point Of(string name, bool value) => new(name, PointKind.Boolean, value ? 1 : 0, null);
}

/// <summary>Reads the values out of a message body in one pass, without a DOM.</summary>
public static class PayloadReader
{
    /// <summary>Deepest JSON that is looked into; deeper bodies are stored raw and yield no points.</summary>
    public const int MaxDepth = 32;

    /// <summary>Most points one message yields; a body with more is stored raw in full all the same.</summary>
    public const int MaxPoints = 1_000;

    /// <summary>
    /// Appends the body's points. False when it is not a JSON object: then <paramref name="points"/> is as it was, and
    /// <paramref name="fault"/> says why in words. NaN and numbers beyond double are left out, never an error.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, List<Point> points, out string? fault)
    {
        if (body.IsEmpty)
        {
            fault = "The message is empty.";
            return false;
        }

        var start = points.Count;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                fault = "The message is not a JSON object.";
                return false;
            }

            ReadObject(ref reader, prefix: null, points, start);
            if (reader.Read())
            {
                points.RemoveRange(start, points.Count - start);
                fault = "There is text after the JSON object.";
                return false;
            }

            fault = null;
            return true;
        }
        catch (JsonException e)
        {
            points.RemoveRange(start, points.Count - start);
            fault = $"The message is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}).";
            return false;
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader.GetString: a string that is not valid UTF-8
            points.RemoveRange(start, points.Count - start);
            fault = "The message has text that is not valid UTF-8.";
            return false;
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, string? prefix, List<Point> points, int start)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameTable.Intern(ref reader);
            if (prefix is not null)
                name = NameTable.Join(prefix, name);
            reader.Read();
            if (points.Count - start >= MaxPoints)
            {
                reader.Skip();
                continue;
            }

            ReadValue(ref reader, name, points, start);
        }
    }

    private static void ReadValue(ref Utf8JsonReader reader, string name, List<Point> points, int start)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                if (reader.TryGetDouble(out var number) && double.IsFinite(number))
                    points.Add(Point.Of(name, number));
                break;
            case JsonTokenType.String:
                points.Add(Point.Of(name, reader.GetString()!));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                points.Add(Point.Of(name, reader.TokenType == JsonTokenType.True));
                break;
            case JsonTokenType.StartObject:
                if (!TryReadLocation(ref reader, name, points))
                    ReadObject(ref reader, name, points, start);
                break;
            case JsonTokenType.StartArray:
                reader.Skip();
                break;
        }
    }

    /// <summary>A geopoint is an object with numeric <c>lat</c> and <c>lon</c> (and perhaps <c>alt</c>), nothing else.</summary>
    private static bool TryReadLocation(ref Utf8JsonReader reader, string name, List<Point> points)
    {
        var ahead = reader;
        double? lat = null,
            lon = null;
        var alt = 0d;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            var isLat = ahead.ValueTextEquals("lat"u8);
            var isLon = ahead.ValueTextEquals("lon"u8);
            var isAlt = ahead.ValueTextEquals("alt"u8);
            ahead.Read();
            if (!(isLat || isLon || isAlt) || ahead.TokenType is not (JsonTokenType.Number or JsonTokenType.Null))
                return false;
            if (ahead.TokenType == JsonTokenType.Null)
                continue;
            if (!ahead.TryGetDouble(out var value) || !double.IsFinite(value))
                return false;
            if (isLat)
                lat = value;
            else if (isLon)
                lon = value;
            else
                alt = value;
        }

        if (lat is not (>= -90 and <= 90) || lon is not (>= -180 and <= 180))
            return false;
        points.Add(new Point(name, PointKind.Location, lat.Value, null, lon.Value, alt));
        reader = ahead;
        return true;
    }
}
