using System.Text;

namespace IoTCentral.Core.Rules.Notices;

/// <summary>A text with names in braces. Only names of the given list are replaced, once, and never inside what was put in.</summary>
internal static class MailTemplate
{
    public static string Fill(string template, IReadOnlyDictionary<string, string> values, Func<string, string> encode)
    {
        var text = new StringBuilder(template.Length * 2);
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
                break;
            text.Append(template, at, open - at);
            if (values.TryGetValue(template[(open + 1)..close], out var value))
            {
                text.Append(encode(value));
                at = close + 1;
            }
            else
            {
                text.Append('{');
                at = open + 1;
            }
        }

        return text.Append(template, at, template.Length - at).ToString();
    }
}
