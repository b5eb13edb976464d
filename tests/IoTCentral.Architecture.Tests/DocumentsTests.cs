using System.Text.RegularExpressions;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Installation;

namespace IoTCentral.Architecture.Tests;

/// <summary>What the documents list is what the program has.</summary>
public sealed partial class DocumentsTests
{
    private static readonly string Errors = File.ReadAllText(Path.Combine(Home.Folder, "docs", "errors.md"));

    private static readonly string Source = string.Join(
        '\n',
        new[] { "Core", "Data", "Hub", "Web" }
            .Select(p => Path.Combine(Home.Folder, $"IoTCentral.{p}"))
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
    );

    [Fact]
    public void Every_code_of_a_refusal_is_explained() =>
        Assert.Empty(Thrown().Matches(Source).Select(m => m.Groups[1].Value).Distinct().Except(Listed()));

    [Fact]
    public void No_code_is_explained_that_does_not_exist() =>
        Assert.DoesNotContain(Listed(), c => !Source.Contains($"\"{c}\"", StringComparison.Ordinal));

    [Fact]
    public void Every_reason_of_the_connection_log_is_listed() =>
        Assert.DoesNotContain(
            typeof(ConnectionCode).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!),
            c => !Errors.Contains($"`{c}`", StringComparison.Ordinal)
        );

    private static IEnumerable<string> Listed() => Code().Matches(Errors).Select(m => m.Groups[1].Value).Distinct();

    [GeneratedRegex("""Exception\(\s*"([a-z-]+\.[a-z-]+)""" + "\"")]
    private static partial Regex Thrown();

    [GeneratedRegex(@"`([a-z-]+\.[a-z-]+)`")]
    private static partial Regex Code();
}
