using System.Text;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>The folder of the cluster's Unix socket: beside the cluster, or a short one where that path is too long for a socket.</summary>
internal static class SocketFolder
{
    /// <summary>A socket's path may have 107 bytes (<c>sockaddr_un</c>), of which <c>/.s.PGSQL.5432.lock</c> takes 19.</summary>
    private const int LongestPath = 88;

    public static string Of(string clusterFolder)
    {
        var near = Path.Combine(clusterFolder, "run");
        var fits = Encoding.UTF8.GetByteCount(near) <= LongestPath;
        return fits && !near.Contains(',', StringComparison.Ordinal) // Npgsql takes a comma in a host for a list of hosts
            ? near
            : Path.Combine(ShortParent, $"iotcentral-{ClusterPlace.HashOf(clusterFolder)}");
    }

    /// <summary>Only root can write <c>/run</c>, so nobody can have laid a trap there; others check whose the folder is.</summary>
    private static string ShortParent => Environment.IsPrivilegedProcess ? "/run" : Path.GetTempPath();

    /// <exception cref="InstallationException">It cannot be made, or somebody else's folder has its name.</exception>
    public static async Task<string> MakeAsync(string clusterFolder, ServerUser user, CancellationToken ct)
    {
        var folder = Of(clusterFolder);
        var isOurs =
            Environment.IsPrivilegedProcess
            || !Directory.Exists(folder)
            || (new DirectoryInfo(folder).LinkTarget is null && await user.HasAsync("O", folder, ct));
        return isOurs && await user.TryMakeFolderAsync(folder, ct)
            ? folder
            : throw new InstallationException(
                $"The folder {folder} for PostgreSQL's socket cannot be made, or is somebody else's; remove it or choose a data folder with a shorter path."
            );
    }
}
