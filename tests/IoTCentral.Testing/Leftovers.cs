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

            foreach (var data in Directory.GetDirectories(folder).Where(d => Path.Exists(Path.Combine(d, "postgres"))))
            {
                RemoveCluster(data);
            }

            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException) { } // another run of ours was quicker
    }

    private static void RemoveCluster(string dataFolder)
    {
        if (FindPlace(dataFolder) is { } place)
        {
            KillServer(place.Cluster);
            Directory.Delete(place.Folder, recursive: true);
            if (Directory.Exists(SocketFolder.Of(place.Folder)))
            {
                Directory.Delete(SocketFolder.Of(place.Folder), recursive: true);
            }
        }
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

    /// <summary>By force: its data is thrown away. Its workers end with it.</summary>
    private static void KillServer(string cluster)
    {
        if (Postmaster.FindAlive(cluster) is { } pid)
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
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
