using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace IoTCentral.Core.Tests.Templates;

/// <summary>Microsoft's own DTDL parser, run in Node: says whether it takes a model.</summary>
internal static class DtdlOracle
{
    /// <summary>For each model "ok" or the parser's complaint.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(IReadOnlyList<string> models, CancellationToken ct)
    {
        var folder = Folder();
        if (!await TryRunAsync("node", "--version", folder))
            Missing("Node is not installed.");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@digicatapult", "dtdl-parser")))
            Assert.True(await TryRunAsync("npm", "ci --no-audit --no-fund", folder), "npm ci failed.");
        using var node = Start("node", "parse.mjs", folder);
        var output = node.StandardOutput.ReadToEndAsync(ct);
        foreach (var model in models)
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(model).AsMemory(), ct);
        node.StandardInput.Close();
        var lines = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(models.Count, lines.Length);
        return lines;
    }

    private static void Missing(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }

    private static async Task<bool> TryRunAsync(string program, string arguments, string folder)
    {
        try
        {
            using var process = Start(program, arguments, folder);
            process.StandardInput.Close();
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string program, string arguments, string folder) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "oracle"));
}
