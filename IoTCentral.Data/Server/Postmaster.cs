using System.Globalization;

namespace IoTCentral.Data.Server;

/// <summary>The running server process of a cluster, as far as the cluster's <c>postmaster.pid</c> and /proc tell.</summary>
internal static class Postmaster
{
    /// <summary>Its process id; null when it is dead: killed, a zombie nobody buried, or its id now somebody else's.</summary>
    public static int? FindAlive(string cluster)
    {
        try
        {
            var first = File.ReadLines(Path.Combine(cluster, "postmaster.pid")).FirstOrDefault();
            return
                int.TryParse(first, NumberStyles.Integer, CultureInfo.InvariantCulture, out var pid)
                && IsAlive(pid, cluster)
                ? pid
                : null;
        }
        catch (IOException) // no such file, or it went away while we read
        {
            return null;
        }
    }

    /// <summary>
    /// Removes the lock files of a dead server where PostgreSQL would believe it alive: it only asks whether a process of
    /// that id exists, which a zombie does, and in containers any other process after a restart.
    /// Shared memory still protects a cluster whose server runs.
    /// </summary>
    public static void RemoveStaleFiles(string cluster, string socketFolder)
    {
        if (FindAlive(cluster) is null)
        {
            File.Delete(Path.Combine(cluster, "postmaster.pid"));
            File.Delete(Path.Combine(socketFolder, ".s.PGSQL.5432.lock"));
        }
    }

    private static bool IsAlive(int pid, string cluster)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return true; // not Linux: believe the file as PostgreSQL itself does
        }

        // A postmaster works in its cluster; a zombie works nowhere.
        var folder = new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        return folder is not null && folder == Path.TrimEndingDirectorySeparator(cluster);
    }
}
