using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Members that are written only when they have something to say.</summary>
internal static class JsonWriting
{
    public static void Text(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    public static void Text(this Utf8JsonWriter json, string name, LocalizedText? value)
    {
        if (value is null)
            return;
        if (value.Languages.Count == 0)
        {
            json.WriteString(name, value.Text);
            return;
        }

        json.WriteStartObject(name);
        foreach (var (language, text) in value.Languages)
            json.WriteString(language, text);
        json.WriteEndObject();
    }

    public static void Flag(this Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
            json.WriteBoolean(name, flag);
    }

    public static void Number(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    public static void Raw(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(value);
    }

    public static void Extras(this Utf8JsonWriter json, IReadOnlyDictionary<string, string> extras)
    {
        foreach (var (name, value) in extras)
            json.Raw(name, value);
    }

    /// <summary>One type as a text, several as a list, none not at all.</summary>
    public static void Types(this Utf8JsonWriter json, IReadOnlyList<string> types)
    {
        if (types.Count == 1)
            json.WriteString("@type", types[0]);
        else if (types.Count > 1)
            json.Texts("@type", types);
    }

    public static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
