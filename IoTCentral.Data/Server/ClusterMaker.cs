using System.Security.Cryptography;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>Makes a new database cluster.</summary>
internal static class ClusterMaker
{
    /// <summary>The cluster's superuser; the name is PostgreSQL's custom, so that its tools need no telling.</summary>
    public const string Superuser = "postgres";

    /// <summary>
    /// initdb into a folder beside, then a rename: a cluster that was half made when we were killed is made again.
    /// Sorting is by byte (locale C), which no update of the operating system can change under an index, and which lets
    /// <c>like 'abc%'</c> use ordinary ones; C.UTF-8 for character types, so that lower() knows 'Ä'.
    /// </summary>
    public static async Task MakeAsync(
        ClusterPlace place,
        PostgresBinaries binaries,
        ServerUser user,
        Durability durability,
        CancellationToken ct
    )
    {
        var work = $"{place.Cluster}.new";
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await SecretFile.WriteAsync(place.PasswordFile, password, ct);

        var passwordFile = Path.Combine(place.Folder, "password.tmp");
        var write = new Command("sh", "-c", "umask 077 && cat > password.tmp")
        {
            Folder = place.Folder,
            Input = password,
        };
        await DemandAsync(user, write, "write to the database folder", ct);
        try
        {
            var type = await HasUtf8LocaleAsync(ct) ? "C.UTF-8" : "C";
            IReadOnlyList<string> speed = durability == Durability.Full ? [] : ["--no-sync"];
            var initDb = new Command(
                binaries.InitDb,
                [
                    $"--username={Superuser}",
                    "--pwfile=password.tmp",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    $"--lc-ctype={type}",
                    "--data-checksums",
                    "--pgdata=cluster.new",
                    .. speed,
                ]
            );
            await DemandAsync(user, initDb with { Folder = place.Folder }, "make the database", ct);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(work, place.Cluster);
    }

    private static async Task DemandAsync(ServerUser user, Command command, string purpose, CancellationToken ct)
    {
        var result = await user.RunAsync(command, ct);
        if (!result.Succeeded)
        {
            throw new InstallationException($"PostgreSQL could not {purpose} in {command.Folder}: {result.Output}");
        }
    }

    /// <summary>glibc and macOS have it; musl and old minimal systems may not.</summary>
    private static async Task<bool> HasUtf8LocaleAsync(CancellationToken ct)
    {
        var locales = await new Command("locale", "-a").RunAsync(ct);
        return locales.Output.Split('\n').Any(l => l is "C.utf8" or "C.UTF-8");
    }
}
