namespace IoTCentral.Core.Installation;

/// <summary>Why the program cannot start or run a command; the message is the one sentence its administrator reads.</summary>
public sealed class InstallationException : Exception
{
    public InstallationException(string message)
        : base(message) { }

    public InstallationException(string message, Exception inner)
        : base(message, inner) { }
}
