using System.Globalization;

namespace IoTCentral.Core.Templates;

/// <summary>A display text, either one for everybody or one per language, as DTDL allows both.</summary>
public sealed class LocalizedText : IEquatable<LocalizedText>
{
    private readonly KeyValuePair<string, string>[] _languages;

    public LocalizedText(string text)
    {
        Text = text;
        _languages = [];
    }

    /// <param name="languages">Language tag to text, e.g. <c>en</c>; not empty.</param>
    public LocalizedText(IEnumerable<KeyValuePair<string, string>> languages)
    {
        _languages = [.. languages];
        Text = Find("en") ?? _languages[0].Value;
    }

    /// <summary>The text for who has no better one: English if there is one, else the first.</summary>
    public string Text { get; }

    /// <summary>Texts by language tag; empty when there is one text for everybody.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Languages => _languages;

    /// <summary>The text in the culture's language, else <see cref="Text"/>.</summary>
    public string For(CultureInfo culture) => Find(culture.Name) ?? Find(culture.TwoLetterISOLanguageName) ?? Text;

    /// <summary>This text with its default (English) wording replaced; other languages stay.</summary>
    public LocalizedText Reword(string text) =>
        _languages.Length == 0
            ? new LocalizedText(text)
            : new LocalizedText(
                _languages.Select(l => KeyValuePair.Create(l.Key, ReferenceEquals(l.Value, Text) ? text : l.Value))
            );

    public override string ToString() => Text;

    public bool Equals(LocalizedText? other) =>
        other is not null && Text == other.Text && _languages.AsSpan().SequenceEqual(other._languages);

    public override bool Equals(object? obj) => Equals(obj as LocalizedText);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public static implicit operator LocalizedText(string text) => new(text);

    private string? Find(string language)
    {
        foreach (var (tag, text) in _languages)
            if (tag.Equals(language, StringComparison.OrdinalIgnoreCase))
                return text;
        foreach (var (tag, text) in _languages)
            if (language.Length > 0 && tag.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase))
                return text;
        return null;
    }
}
