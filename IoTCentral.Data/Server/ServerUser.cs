using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>The operating-system user PostgreSQL runs as: ourselves, or when we are root (which PostgreSQL refuses) another.</summary>
internal sealed class ServerUser
{
    private readonly string? _group;

    private ServerUser(string? name, string? group) => (Name, _group) = (name, group);

    /// <summary>The other user's name; null when PostgreSQL runs as ourselves.</summary>
    public string? Name { get; }

    /// <param name="folder">Of an existing cluster, which stays its owner's: a user 'postgres' may have come later. Null: none yet.</param>
    public static async Task<ServerUser> FindAsync(string? folder, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerUser(null, null);
        }

        if (folder is not null && await OwnerOfAsync(folder, ct) is { } owner)
        {
            return owner;
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            var groupId = await new Command("id", "-g", name).RunAsync(ct);
            if (groupId.Succeeded)
            {
                return new ServerUser(name, groupId.Output);
            }
        }

        throw new InstallationException(
            "PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it as; start as a normal user."
        );
    }

    /// <summary>Null when it is root's, who cannot run it.</summary>
    private static async Task<ServerUser?> OwnerOfAsync(string folder, CancellationToken ct)
    {
        // "drwx------ 4 101 104 4096 …": the one form of it that every system has
        var line = await new Command("ls", "-ldn", "--", folder).RunAsync(ct);
        var words = line.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [_, _, var user and not "0", var group, ..] ? new ServerUser(user, group) : null;
    }

    public Task<CommandResult> RunAsync(Command command, CancellationToken ct) =>
        Name is null
            ? command.RunAsync(ct)
            : (
                command with
                {
                    Program = "setpriv",
                    Arguments =
                    [
                        $"--reuid={Name}",
                        $"--regid={_group}",
                        "--clear-groups",
                        "--",
                        command.Program,
                        .. command.Arguments,
                    ],
                }
            ).RunAsync(ct);

    /// <summary>Whether this user can reach the path with all of the rights asked for, letters of <c>rwx</c>.</summary>
    public async Task<bool> HasAsync(string rights, string path, CancellationToken ct)
    {
        foreach (var right in rights)
        {
            if (!(await RunAsync(new Command("test", $"-{right}", path), ct)).Succeeded)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes the folder, readable by this user alone. False when it cannot be made, handed over, or reached by that user.</summary>
    public async Task<bool> TryMakeFolderAsync(string path, CancellationToken ct)
    {
        IReadOnlyList<string> owner = Name is null ? [] : ["-o", Name, "-g", _group!];
        var made = await new Command("install", ["-d", "-m", "0700", .. owner, "--", path]).RunAsync(ct);
        return made.Succeeded && await HasAsync("rwx", path, ct);
    }
}
