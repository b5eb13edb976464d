using System.Text.Json;
using IoTCentral.Testing;
using Microsoft.Playwright;

namespace IoTCentral.Journeys.Pages;

/// <summary>axe-core judges a page as it is shown now.</summary>
internal sealed class Axe
{
    private readonly string _script;

    private Axe(string script) => _script = script;

    public static async Task<Axe> LoadAsync(CancellationToken ct)
    {
        var folder = await NpmFolder.EnsureAsync("tests/IoTCentral.Journeys/Pages/axe", ct);
        return new(await File.ReadAllTextAsync(Path.Combine(folder, "node_modules/axe-core/axe.min.js"), ct));
    }

    /// <summary>Its serious and critical findings, a line each: rule, what it says, the first elements.</summary>
    /// <param name="onlyColours">What changes with the theme alone; all rules take three times as long.</param>
    public async Task<IReadOnlyList<string>> JudgeAsync(IPage page, bool onlyColours = false)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.EvaluateAsync(_script);
        var found = await page.EvaluateAsync<JsonElement>(
            """
            async (onlyColours) => {
              const options = { resultTypes: ["violations"] };
              if (onlyColours) options.runOnly = ["color-contrast"];
              const { violations } = await axe.run(document, options);
              return violations
                .filter((v) => v.impact === "serious" || v.impact === "critical")
                .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join(" | ")}`);
            }
            """,
            onlyColours
        );
        return [.. found.EnumerateArray().Select(v => v.GetString()!)];
    }
}
