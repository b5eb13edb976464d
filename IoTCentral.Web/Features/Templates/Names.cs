using System.Globalization;
using System.Text;
using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Features.Templates;

/// <summary>Programming names made of what people write, and the other way round.</summary>
internal static class Names
{
    /// <summary>Model id for a new template: <c>dtmi:freshMarket:Refrigerator;1</c>.</summary>
    public static string Model(string application, string name) =>
        $"dtmi:{Capability(application, "app")}:{Pascal(name, "Device")};1";

    /// <summary>Id of the template of a model that has none of its own.</summary>
    public static string TemplateId(Dtmi model) =>
        string.Create(CultureInfo.InvariantCulture, $"{model.Family}:template;{model.Version}");

    /// <summary>Id of the interface that a component of this name gets.</summary>
    public static string ComponentId(Dtmi model, string component) =>
        string.Create(CultureInfo.InvariantCulture, $"{model.Family}:{component.TrimStart('_')};{model.Version}");

    /// <summary>Name of a capability: <c>Room temperature</c> is <c>roomTemperature</c>.</summary>
    public static string Capability(string label, string otherwise = "")
    {
        var words = Words(label);
        return words.Count == 0
            ? otherwise
            : words[0].ToLowerInvariant() + string.Concat(words.Skip(1).Select(Capital));
    }

    /// <summary>DTDL's word as people read it: <c>RelativeHumidity</c> is <c>Relative humidity</c>.</summary>
    public static string InWords(string term)
    {
        var text = new StringBuilder(term.Length + 4);
        foreach (var c in term)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append(' ').Append(char.ToLowerInvariant(c));
            else
                text.Append(c);
        }

        return text.ToString();
    }

    private static string Pascal(string label, string otherwise)
    {
        var words = Words(label);
        return words.Count == 0 ? otherwise : string.Concat(words.Select(Capital));
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    /// <summary>Runs of ASCII letters and digits; the first begins with a letter. An accent is not worth a letter.</summary>
    private static List<string> Words(string label)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var c in label.Normalize(NormalizationForm.FormD).Append(' '))
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                if (words.Count > 0 || word.Length > 0 || char.IsAsciiLetter(c))
                    word.Append(c);
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        return words;
    }
}
