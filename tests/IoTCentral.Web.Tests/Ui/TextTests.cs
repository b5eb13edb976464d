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
            let known = KeysNear(file, web, shared)
            from Match use in Use().Matches(File.ReadAllText(file))
            where !known.Contains(use.Groups["key"].Value)
            select $"{Path.GetFileName(file)}: {use.Groups["key"].Value}";

        Assert.Empty(missing);
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

    private static HashSet<string> Keys(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*.resx")
                .SelectMany(f => XDocument.Load(f).Root!.Elements("data"))
                .Select(d => (string)d.Attribute("name")!),
        ];

    // L["Key"] with a plain key; keys that are put together ($"Nav{group}") are their page's own care
    [GeneratedRegex("\\bL\\[\"(?<key>[^\"{]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Use();
}
