using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>A JSON object being read: typed members with faults at their path, and a memory of which were used, so that
/// the rest can be kept and reported.</summary>
internal sealed class DtdlNode(JsonElement element, string path, DtdlLog log)
{
    private static readonly JsonWriterOptions RawOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly HashSet<string> _used = [];

    public JsonElement Element => element;
    public string Path => path;
    public DtdlLog Log => log;

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public string At(string name) => Join(path, name);

    /// <summary>The member, unless it is absent or null.</summary>
    public bool TryTake(string name, out JsonElement value)
    {
        _used.Add(name);
        return element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public void Skip(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _used.Add(name);
    }

    public string? Text(string name, int maxLength = 512)
    {
        if (!TryTake(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            log.Fault(At(name), $"'{name}' must be a text.");
            return null;
        }

        return Limited(value.GetString()!, At(name), maxLength);
    }

    /// <summary>A text, or an object of texts by language.</summary>
    public LocalizedText? Localized(string name, int maxLength)
    {
        if (!TryTake(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return Limited(value.GetString()!, At(name), maxLength) is { } text ? new LocalizedText(text) : null;
        if (
            value.ValueKind != JsonValueKind.Object
            || value.EnumerateObject().Any(l => l.Value.ValueKind != JsonValueKind.String)
        )
        {
            log.Fault(At(name), $"'{name}' must be a text, or an object with a text for each language.");
            return null;
        }

        var languages = value
            .EnumerateObject()
            .Select(l =>
                KeyValuePair.Create(l.Name, Limited(l.Value.GetString()!, Join(At(name), l.Name), maxLength) ?? "")
            )
            .ToList();
        return languages.Count == 0 ? null : new LocalizedText(languages);
    }

    public bool? Flag(string name)
    {
        if (!TryTake(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        log.Fault(At(name), $"'{name}' must be true or false.");
        return null;
    }

    public double? Number(string name)
    {
        if (!TryTake(name, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble()))
            return value.GetDouble();
        if (
            value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
        )
        {
            log.Changed(At(name), $"The number was written as a text; it is taken as {Show(number)}.");
            return number;
        }

        log.Fault(At(name), $"'{name}' must be a number.");
        return null;
    }

    public int? Whole(string name, int min, int max)
    {
        if (Number(name) is not { } number)
            return null;
        if (number >= min && number <= max && Math.Floor(number) == number)
            return (int)number;
        log.Fault(At(name), $"'{name}' must be a whole number from {min} to {max}.");
        return null;
    }

    /// <summary>A member of any kind as compact JSON text.</summary>
    public string? Json(string name) => TryTake(name, out var value) ? Raw(value) : null;

    /// <summary>Items of a member that JSON-LD lets be one thing or an array of them, each with its path.</summary>
    public IReadOnlyList<(JsonElement Item, string Path)> Items(string name)
    {
        if (!TryTake(name, out var value))
            return [];
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, i) => (item, $"{At(name)}[{i}]")).ToList()
            : [(value, At(name))];
    }

    /// <summary>Texts of a member that may be one text or an array of them.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var texts = new List<string>();
        foreach (var (item, at) in Items(name))
            if (item.ValueKind == JsonValueKind.String)
                texts.Add(item.GetString()!);
            else
                log.Fault(at, $"'{name}' must be a text or a list of texts.");
        return texts;
    }

    /// <summary>The types in short words, whatever way they are spelled.</summary>
    public IReadOnlyList<string> Types(string name = "@type") => Texts(name).Select(DtdlTerms.Short).ToList();

    /// <summary>What nobody asked for: kept, and reported as without effect unless it is known to be harmless.</summary>
    public IReadOnlyDictionary<string, string> Rest()
    {
        Dictionary<string, string>? rest = null;
        foreach (var member in element.EnumerateObject())
        {
            if (_used.Contains(member.Name))
                continue;
            (rest ??= [])[member.Name] = Raw(member.Value);
            if (!DtdlTerms.IsQuiet(member.Name))
                log.LeftOut(At(member.Name), $"'{member.Name}' has no effect here; it is kept in the exported file.");
        }

        return rest ?? Schema.NoExtras;
    }

    public static string Raw(JsonElement value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, RawOptions))
            value.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);

    private string? Limited(string text, string at, int maxLength)
    {
        if (text.Length <= maxLength)
            return text;
        log.Fault(at, $"The text is too long: at most {maxLength} characters.");
        return null;
    }
}
