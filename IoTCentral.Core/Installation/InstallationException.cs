namespace IoTCentral.Core.Installation;

/// <summary>Why the program cannot start or run a command; the message is the one sentence its administrator reads.</summary>
public class InstallationException : Exception
{
    public InstallationException(string message)
        : base(message) { }

    public InstallationException(string message, Exception inner)
        : base(message, inner) { }
}

/// <summary>The database's secrets were wrapped by another master key than the one at hand.</summary>
public sealed class WrongMasterKeyException(Exception inner)
    : InstallationException(
        "The master key does not fit this database: its secrets were wrapped by another key. Bring back master.key (or Security:MasterKey) from the backup of this installation.",
        inner
    );
