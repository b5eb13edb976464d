using System.Text;

namespace IoTCentral.Core.Installation;

/// <summary>
/// Wraps secrets before they are stored. A place names the row and column a secret lies in, e.g.
/// <c>device/12/4711/primary</c>: moved to another place it cannot be unwrapped.
/// </summary>
public interface ISecretBox
{
    byte[] Wrap(ReadOnlySpan<byte> secret, string place);

    /// <exception cref="SecretUnreadableException">Another master key wrapped it, it was moved, or it is damaged.</exception>
    byte[] Unwrap(ReadOnlySpan<byte> wrapped, string place);

    byte[] WrapText(string secret, string place) => Wrap(Encoding.UTF8.GetBytes(secret), place);

    string UnwrapText(ReadOnlySpan<byte> wrapped, string place) => Encoding.UTF8.GetString(Unwrap(wrapped, place));
}

/// <summary>A stored secret that this installation's master key does not open at that place.</summary>
public sealed class SecretUnreadableException(string place, Exception? inner)
    : Exception($"The secret at '{place}' does not open with this installation's master key.", inner);
