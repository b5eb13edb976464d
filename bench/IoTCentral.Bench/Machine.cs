using System.Diagnostics;
using System.Globalization;
using IoTCentral.Core.Installation;

namespace IoTCentral.Bench;

/// <summary>What a result was measured with.</summary>
internal static class Machine
{
    public static string Describe(BenchOptions options) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, commit {Commit()}, {Environment.ProcessorCount} processors, {Memory()} GiB, .NET {Environment.Version}, {options.Length.TotalSeconds:0} s after {options.WarmUp.TotalSeconds:0} s"
        );

    /// <summary>Files a process may open here (<c>ulimit -Hn</c>).</summary>
    public static int MostOpenFiles()
    {
        var limit = File.ReadLines("/proc/self/limits")
            .First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return int.TryParse(hard, CultureInfo.InvariantCulture, out var files) ? files : int.MaxValue;
    }

    private static string Commit()
    {
        var start = new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = Home.Folder,
        };
        using var git = Process.Start(start)!;
        return git.StandardOutput.ReadToEnd().Trim();
    }

    private static long Memory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
}
