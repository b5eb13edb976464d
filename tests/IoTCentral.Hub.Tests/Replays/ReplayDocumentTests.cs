using System.Globalization;
using System.Reflection;
using System.Text;
using IoTCentral.Core.Installation;

namespace IoTCentral.Hub.Tests.Replays;

/// <summary>docs/replays.md says what the replays show, and nothing else.</summary>
public sealed class ReplayDocumentTests
{
    private static readonly string[] Sdks = ["C", "C#", "Java", "Python"];

    [Fact]
    public async Task The_document_is_made_from_the_replays()
    {
        var file = Path.Combine(Home.Folder, "docs", "replays.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "true")
            await File.WriteAllTextAsync(file, Document(), TestContext.Current.CancellationToken);

        Assert.Equal(Document(), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    private static string Document()
    {
        var shown = typeof(ReplayDocumentTests)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetCustomAttributes<ReplayAttribute>())
            .Select(r => (r.Sdk, r.Operation))
            .ToHashSet();
        Assert.Empty(shown.Select(s => s.Sdk).Except(Sdks));
        var text = new StringBuilder()
            .AppendLine("# Replayed packets")
            .AppendLine()
            .AppendLine(
                "SDKs that have no client among our tests are stood in for by their packets: user names, tokens, flags, QoS,"
            )
            .AppendLine("topics and bodies as they send them, and answers read as strictly as they read them")
            .AppendLine(
                "(`tests/IoTCentral.Hub.Tests/Replays`; written anew by `UPDATE_DOCS=true ./test`). MQTT only; the Node SDK"
            )
            .AppendLine("itself runs in tests, see [compatibility](compatibility.md).")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"| operation | {string.Join(" | ", Sdks)} |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var operation in shown.Select(s => s.Operation).Distinct().Order(StringComparer.Ordinal))
        {
            var cells = Sdks.Select(s => shown.Contains((s, operation)) ? "works" : "not replayed");
            text.AppendLine(CultureInfo.InvariantCulture, $"| {operation} | {string.Join(" | ", cells)} |");
        }

        return text.ToString().ReplaceLineEndings("\n");
    }
}
