using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>
/// Where the files of our own PostgreSQL lie: <c>postgres</c> in the data folder, or a link of that name to a folder the
/// server's user can reach. Passwords and keys stay in the data folder.
/// </summary>
internal sealed record ClusterPlace(string DataFolder, string Folder)
{
    /// <summary>Folders for clusters whose data folder is out of the server user's reach (below a 0700 home, say).</summary>
    public const string SystemFolder = "/var/lib/iotcentral";

    /// <summary>The database cluster (PGDATA).</summary>
    public string Cluster => Path.Combine(Folder, "cluster");

    public string LogFile => Path.Combine(Folder, "postgres.log");

    public string PasswordFile => Path.Combine(DataFolder, "postgres.password");

    public string? Version => ReadOrNull(Path.Combine(Cluster, "PG_VERSION"))?.Trim();

    /// <summary>The place of an existing cluster, or null; touches nothing.</summary>
    public static ClusterPlace? Find(string dataFolder)
    {
        var near = new DirectoryInfo(Path.Combine(dataFolder, "postgres"));
        if (near.LinkTarget is null)
        {
            return near.Exists ? new ClusterPlace(dataFolder, near.FullName) : null;
        }

        return near.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } far
            ? new ClusterPlace(dataFolder, far.FullName)
            : throw new InstallationException(
                $"The database folder {near.LinkTarget}, to which {near.FullName} points, is gone; bring it back, or remove that link to begin with an empty database."
            );
    }

    /// <summary>The existing place, or a new one that <paramref name="user"/> can reach.</summary>
    public static async Task<ClusterPlace> FindOrMakeAsync(
        string dataFolder,
        ServerUser user,
        Action<string> say,
        CancellationToken ct
    )
    {
        if (Find(dataFolder) is { } existing)
        {
            return await user.HasAsync("rwx", existing.Folder, ct)
                ? existing
                : throw new InstallationException(
                    $"The user {user.Name ?? Environment.UserName} cannot use the database folder {existing.Folder}; start as the user who made it, or give its rights back."
                );
        }

        var near = Path.Combine(dataFolder, "postgres");
        if (await user.TryMakeFolderAsync(near, ct))
        {
            return new ClusterPlace(dataFolder, near);
        }

        if (user.Name is null)
        {
            throw new InstallationException(
                $"The data folder {dataFolder} cannot be written; choose another with --data."
            );
        }

        if (Directory.Exists(near))
        {
            Directory.Delete(near);
        }

        var far = await MakeFarAsync(dataFolder, user, ct);
        Directory.CreateSymbolicLink(near, far);
        say($"The database lies in {far}, because the user {user.Name} cannot reach {dataFolder}.");
        return new ClusterPlace(dataFolder, far);
    }

    /// <summary>Never a folder that exists: its data folder may have been moved here from elsewhere, or been deleted by mistake.</summary>
    private static async Task<string> MakeFarAsync(string dataFolder, ServerUser user, CancellationToken ct)
    {
        Directory.CreateDirectory(SystemFolder);
        var first = Path.Combine(SystemFolder, HashOf(dataFolder));
        var path = first;
        for (var i = 2; Directory.Exists(path); i++)
        {
            path = $"{first}-{i}";
        }

        return await user.TryMakeFolderAsync(path, ct)
            ? path
            : throw new InstallationException(
                $"The user {user.Name} can reach neither {dataFolder} nor {SystemFolder}; start as a normal user, or choose a folder with --data."
            );
    }

    /// <summary>A short name for a folder, the same at every start.</summary>
    internal static string HashOf(string path) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8));

    private static string? ReadOrNull(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
