using System.Text.RegularExpressions;
using Bunit;
using MudBlazor;

namespace IoTCentral.Web.Tests.Ui;

public sealed partial class ThemeTests : UiContext
{
    [Fact]
    public void Our_theme_sets_every_variable_that_MudBlazor_reads()
    {
        var mudBlazors = Variable()
            .Matches(Render<MudThemeProvider>().Markup)
            .Select(m => m.Groups["name"].Value)
            .Distinct();
        var css = File.ReadAllText(Repository.File("IoTCentral.Web/wwwroot/dist/app.css"));
        var ours = Variable().Matches(css).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.All(mudBlazors, v => Assert.Contains(v, ours));
    }

    [Fact]
    public void The_lock_file_names_no_registry()
    {
        var lockFile = File.ReadAllText(Repository.File("IoTCentral.Web/frontend/package-lock.json"));

        Assert.DoesNotContain("\"resolved\"", lockFile, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?<name>--mud-[a-z0-9-]+):", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Variable();
}
