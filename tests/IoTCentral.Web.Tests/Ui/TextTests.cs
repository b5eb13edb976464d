using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace IoTCentral.Web.Tests.Ui;

/// <summary>A page that asks for a text that is not in a resource would show the key to people.</summary>
public sealed partial class TextTests
{
    [Fact]
    public void Every_text_a_page_asks_for_is_in_a_resource_of_its_feature_or_of_the_frame()
    {
        var web = Repository.File("IoTCentral.Web");
        var shared = Keys(Path.Combine(web, "Ui"));
        var missing =
            from file in Directory.EnumerateFiles(web, "*.*", SearchOption.AllDirectories)
            where
                file.EndsWith(".razor", StringComparison.Ordinal)
                || file.EndsWith(".razor.cs", StringComparison.Ordinal)
            where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
            let known = KeysOf(file, web, shared)
            from key in Asked(File.ReadAllText(file))
            where !known.Contains(key)
            select $"{Path.GetFileName(file)}: {key}";

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("L[\"One\"] L[\"Two\", name]", new[] { "One", "Two" })]
    [InlineData("L[row?.Is(1) == true ? \"One\" : \"Two\", name]", new[] { "One", "Two" })]
    [InlineData("L[a ? \"One\" : b ? \"Two\" : \"Three\"]", new[] { "One", "Two", "Three" })]
    [InlineData("L[kind switch { \"a\" => \"One\", _ => \"Two\" }]", new[] { "One", "Two" })]
    [InlineData("L[$\"Kind{a ?? \"One\"}\"]", new string[0])]
    [InlineData("L[kind == \"a\" ? \"One\" : $\"Kind{kind}\", x ? \"b\" : \"c\"]", new[] { "One" })]
    public void A_text_that_depends_on_something_is_asked_for_as_well(string page, string[] keys) =>
        Assert.Equal(keys, Asked(page));

    /// <summary>Keys that are written out: <c>L["Key"]</c>, or one of several; keys that are put together are their page's own care.</summary>
    private static IEnumerable<string> Asked(string page) =>
        from Match use in Use().Matches(page)
        from Match key in Key().Matches(use.Groups["first"].Value)
        select key.Groups["key"].Value;

    // of the resource that the page names; else those of its folder and of the ones above it
    private static HashSet<string> KeysOf(string file, string web, HashSet<string> shared)
    {
        var page = file.EndsWith(".cs", StringComparison.Ordinal) ? file[..^3] : file;
        if (!File.Exists(page) || Named().Match(File.ReadAllText(page)) is not { Success: true } named)
            return KeysNear(file, web, shared);
        var resource = $"{named.Groups["name"].Value}.resx";
        return KeysIn(Directory.EnumerateFiles(web, resource, SearchOption.AllDirectories));
    }

    // the resources of the file's folder and of those above it
    private static HashSet<string> KeysNear(string file, string web, HashSet<string> shared)
    {
        var keys = new HashSet<string>(shared, StringComparer.Ordinal);
        for (
            var folder = Path.GetDirectoryName(file)!;
            folder.Length >= web.Length;
            folder = Path.GetDirectoryName(folder)!
        )
            keys.UnionWith(Keys(folder));
        return keys;
    }

    private static HashSet<string> Keys(string folder) => KeysIn(Directory.EnumerateFiles(folder, "*.resx"));

    private static HashSet<string> KeysIn(IEnumerable<string> resources) =>
        [
            .. resources
                .Where(f => !f.Contains("/bin/", StringComparison.Ordinal))
                .SelectMany(f => XDocument.Load(f).Root!.Elements("data"))
                .Select(d => (string)d.Attribute("name")!),
        ];

    // the first of what stands in the brackets: the key; what follows it are arguments of the text
    [GeneratedRegex(
        """\bL\[(?!\$)(?<first>("[^"]*"|\([^()]*\)|\{[^{}]*\}|[^\]",])+)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Use();

    [GeneratedRegex(
        """(^|[?:]|=>)\s*"(?<key>[^"{]+)["]""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Key();

    [GeneratedRegex(
        """IStringLocalizer<(?<name>\w+)> L\b""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000
    )]
    private static partial Regex Named();
}
