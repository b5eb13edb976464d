using System.Globalization;

namespace IoTCentral.Bench;

/// <summary>Processor time and memory of processes and all below them, read from /proc.</summary>
internal static class ProcessTree
{
    // USER_HZ is 100 on every Linux this runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Processor seconds (user and system) used so far; children that ended count with their parent.</summary>
    public static double CpuSeconds(IEnumerable<int> roots) =>
        // utime, stime, cutime, cstime of proc(5)
        Below(roots).Select(Stat).Where(s => s.Length > 16).Sum(s => s[13..17].Sum(Number)) / TicksPerSecond;

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int pid) =>
        File.ReadLines($"/proc/{pid}/status")
            .Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(l => (long)Number(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024)
            .First();

    private static HashSet<int> Below(IEnumerable<int> roots)
    {
        var children = Directory
            .GetDirectories("/proc")
            .Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Stat: Stat(pid)))
            .Where(p => p.Stat.Length > 3)
            .ToLookup(p => (int)Number(p.Stat[3]), p => p.Pid);
        var found = new HashSet<int>();
        var open = new Queue<int>(roots);
        while (open.TryDequeue(out var pid))
        {
            if (!found.Add(pid))
                continue;
            foreach (var child in children[pid])
                open.Enqueue(child);
        }

        return found;
    }

    /// <summary>Fields of /proc/PID/stat, the name as one whatever it holds; empty when the process has gone.</summary>
    private static string[] Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return ["", "", .. text[(text.LastIndexOf(')') + 2)..].Split(' ')];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
