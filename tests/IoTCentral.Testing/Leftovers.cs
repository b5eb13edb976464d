using System.Diagnostics;
using System.Globalization;
using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;

namespace IoTCentral.Testing;

/// <summary>Ends and deletes what test processes that are dead have left, and nothing else.</summary>
internal static class Leftovers
{
    public static void Remove(string parent)
    {
        foreach (var folder in Directory.GetDirectories(parent).Where(f => Find(Path.GetFileName(f)) is null))
        {
            RemoveFolder(folder);
        }
    }

    public static void RemoveFolder(string folder)
    {
        try
        {
            foreach (var note in Directory.GetFiles(folder, "*.pid"))
            {
                using var process = Find(Path.GetFileNameWithoutExtension(note));
                process?.Kill();
            }

            var clusters = Directory.GetDirectories(folder).Select(FindPlace).OfType<ClusterPlace>().ToList();
            clusters.ForEach(c => KillServer(c.Cluster));
            Delete([folder, .. clusters.SelectMany(c => new[] { c.Folder, SocketFolder.Of(c.Folder) })]);
        }
        catch (DirectoryNotFoundException) { } // another run of ours was quicker
    }

    /// <summary>By a process that outlives us: clusters have thousands of files, and killed servers' workers a last word.</summary>
    private static void Delete(IReadOnlyList<string> folders)
    {
        using var rm = Process.Start("sh", ["-c", "sleep 0.3; rm -rf -- \"$@\"", "sh", .. folders]);
    }

    private static ClusterPlace? FindPlace(string dataFolder)
    {
        try
        {
            return ClusterPlace.Find(dataFolder);
        }
        catch (InstallationException) // a link to nowhere
        {
            return null;
        }
    }

    /// <summary>By force: its data is thrown away. Its workers end with it, which may take a moment.</summary>
    private static void KillServer(string cluster)
    {
        if (Postmaster.FindAlive(cluster) is not { } pid)
        {
            return;
        }

        using var process = Process.GetProcessById(pid);
        process.Kill();
        SpinWait.SpinUntil(() => Postmaster.FindAlive(cluster) is null, TimeSpan.FromSeconds(5));
    }

    /// <summary>The living process of an identity made by <see cref="TestRun.IdentityOf"/>; null when it is dead.</summary>
    private static Process? Find(string identity)
    {
        if (!int.TryParse(identity.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        try
        {
            var process = Process.GetProcessById(pid);
            return TestRun.IdentityOf(process) == identity ? process : null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException) // no such process, or it just ended
        {
            return null;
        }
    }
}
