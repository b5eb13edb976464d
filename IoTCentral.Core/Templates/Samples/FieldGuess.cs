using System.Globalization;
using System.Text.Json;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Templates;

/// <summary>What was seen of one field over all messages, and the schema that fits it all.</summary>
internal sealed class FieldGuess
{
    private readonly HashSet<SchemaKind> _kinds = [];
    private FieldGuess? _items;

    /// <summary>Members in the order they were seen; of an object (or of the message itself).</summary>
    public Dictionary<string, FieldGuess> Members { get; } = [];

    /// <summary>The largest number seen, without its sign: tells hectopascal from pascal.</summary>
    public double Largest { get; private set; }

    public void Add(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _kinds.Add(SchemaKind.Object);
                foreach (var member in value.EnumerateObject())
                {
                    if (!Members.TryGetValue(member.Name, out var guess))
                        Members[member.Name] = guess = new FieldGuess();
                    guess.Add(member.Value);
                }

                break;
            case JsonValueKind.Array:
                _kinds.Add(SchemaKind.Array);
                _items ??= new FieldGuess();
                foreach (var item in value.EnumerateArray())
                    _items.Add(item);
                break;
            case JsonValueKind.String:
                _kinds.Add(OfText(value.GetString()!));
                break;
            case JsonValueKind.Number:
                AddNumber(value);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                _kinds.Add(SchemaKind.Boolean);
                break;
        }
    }

    /// <summary>Null: never seen, or seen as things that have nothing in common.</summary>
    public Schema? Schema(string name, string path, DtdlLog log) =>
        Single() switch
        {
            null => null,
            SchemaKind.Object => OfObject(path, log),
            SchemaKind.Array => _items!.Schema(name, path, log) is { } element ? new ArraySchema(element) : null,
            { } kind => new Schema(kind),
        };

    private void AddNumber(JsonElement value)
    {
        var text = value.GetRawText();
        if (!value.TryGetDouble(out var number) || !double.IsFinite(number))
            return;
        Largest = Math.Max(Largest, Math.Abs(number));
        _kinds.Add(
            text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 || !value.TryGetInt64(out _) ? SchemaKind.Double
            : value.TryGetInt32(out _) ? SchemaKind.Integer
            : SchemaKind.Long
        );
    }

    /// <summary>The kind that holds all that was seen.</summary>
    private SchemaKind? Single()
    {
        if (_kinds.Count <= 1)
            return _kinds.Count == 0 ? null : _kinds.First();
        if (_kinds.All(k => k is SchemaKind.Integer or SchemaKind.Long or SchemaKind.Double))
            return _kinds.Contains(SchemaKind.Double) ? SchemaKind.Double : SchemaKind.Long;
        return _kinds.All(k => k is SchemaKind.String or SchemaKind.Date or SchemaKind.DateTime)
            ? SchemaKind.String
            : null;
    }

    private Schema? OfObject(string path, DtdlLog log)
    {
        if (HasOnly("lat", "lon") || HasOnly("lat", "lon", "alt"))
            return Templates.Schema.Geopoint;
        if (HasOnly("x", "y", "z"))
            return Templates.Schema.Vector;
        var fields = new List<SchemaField>();
        foreach (var (name, guess) in Members)
        {
            var at = $"{path}.{name}";
            if (CapabilityRules.NameFault(name) is { } fault)
                log.LeftOut(at, $"{fault} Its values stay in the raw data.");
            else if (guess.Schema(name, at, log) is not { } schema)
                log.LeftOut(at, "Its value was never seen or is of no one kind; it stays in the raw data.");
            else
                fields.Add(new SchemaField(name, schema) { DisplayName = NameGuess.InWords(name) });
        }

        return fields.Count == 0 ? null : new ObjectSchema(fields);
    }

    private bool HasOnly(params string[] names) =>
        Members.Count == names.Length && names.All(n => Members.TryGetValue(n, out var m) && m.IsNumber);

    private bool IsNumber => Single() is SchemaKind.Integer or SchemaKind.Long or SchemaKind.Double;

    private static SchemaKind OfText(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return SchemaKind.Date;
        return
            text.Length > 10
            && text[10] == 'T'
            && Conformance.Misfit(Templates.Schema.DateTime, JsonSerializer.Serialize(text)) is null
            ? SchemaKind.DateTime
            : SchemaKind.String;
    }
}
