using IoTCentral.Core.Certificates;

namespace IoTCentral.Core.Provisioning;

/// <summary>In words by what somebody proved who it is, for the connection log.</summary>
internal static class Proofs
{
    public const string Token = "a token";
    public const string Certificate = "a certificate";

    /// <summary>Null: signed with neither of its own keys. Always the same work.</summary>
    public static string? OfOwnKey(SasToken token, (byte[] Primary, byte[] Secondary) own)
    {
        var (first, second) = (token.IsSignedWith(own.Primary), token.IsSignedWith(own.Secondary));
        return first ? "its own primary key"
            : second ? "its own secondary key"
            : null;
    }

    /// <summary>Null: signed with no key that is derived from the group's.</summary>
    public static string? OfGroupKey(
        SasToken token,
        (byte[] Primary, byte[] Secondary) keys,
        string registrationId,
        string groupName
    ) =>
        GroupKeys.Find(token, keys, registrationId) is { } isPrimary
            ? $"the key derived from the {(isPrimary ? "primary" : "secondary")} key of the group '{groupName}'"
            : null;

    /// <param name="by">The authority that it leads to; null: it is enrolled itself.</param>
    public static string OfCertificate(ClientCertificate client, LedBy? by, string? groupName)
    {
        var which = $"certificate {client.Leaf.Sha1Thumbprint[..8]}…";
        if (by is null)
            return $"its own {which}";
        var authority = by.Authority.Certificate;
        return $"{which} by the authority '{authority.CommonName ?? authority.Subject}' of the group '{groupName ?? by.Authority.GroupId}'";
    }
}
