using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IoTCentral.Web.Features.Templates.New;

/// <summary>Finds the line on which a part of a JSON text stands, by paths such as <c>contents[3].unit</c>.</summary>
internal static class JsonPlaces
{
    /// <summary>Line (from 1) of each of the paths that is in the text; of the nearest part around it when it is not.</summary>
    public static IReadOnlyDictionary<string, int> Find(string json, IEnumerable<string> paths)
    {
        var wanted = paths.Where(p => p.Length > 0).Distinct().ToList();
        var found = new Dictionary<string, int>();
        if (wanted.Count == 0)
            return found;
        var lines = Lines(json);
        foreach (var path in wanted)
        {
            for (var part = path; part.Length > 0; part = Parent(part))
            {
                if (!lines.TryGetValue(part, out var line))
                    continue;
                found[path] = line;
                break;
            }
        }

        return found;
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];

    private static Dictionary<string, int> Lines(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = 64 });
        var lines = new Dictionary<string, int>();
        var open = new Stack<Place>();
        var (line, counted) = (1, 0);
        var member = "";
        try
        {
            while (reader.Read())
            {
                var at = (int)reader.TokenStartIndex;
                line += utf8.AsSpan(counted..at).Count((byte)'\n');
                counted = at;
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    open.Pop();
                    continue;
                }

                var path = open.TryPeek(out var around) ? around.Next(reader.TokenType, ref reader, ref member) : "";
                if (path is null)
                    continue;
                lines.TryAdd(path, line);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    open.Push(new Place(path, reader.TokenType == JsonTokenType.StartArray));
            }
        }
        catch (JsonException)
        {
            // the reader of templates says what is wrong; the lines so far are right
        }

        return lines;
    }

    private sealed class Place(string path, bool isArray)
    {
        private int _index;

        /// <summary>Path of the value that begins here; null for a name, whose value follows.</summary>
        public string? Next(JsonTokenType token, ref Utf8JsonReader reader, ref string member)
        {
            if (isArray)
                return $"{path}[{(_index++).ToString(CultureInfo.InvariantCulture)}]";
            if (token != JsonTokenType.PropertyName)
                return path.Length == 0 ? member : $"{path}.{member}";
            member = reader.GetString() ?? "";
            return null;
        }
    }
}
