namespace IoTCentral.Core.Provisioning;

/// <summary>Whether a token is signed with a key derived from a group's.</summary>
internal static class GroupKeys
{
    /// <summary>
    /// Derived from the id exactly as sent, or in lower case, which is the convention; from either of the group's keys.
    /// Always the same work.
    /// </summary>
    public static bool Verify(SasToken token, (byte[] Primary, byte[] Secondary) group, string registrationId) =>
        Find(token, group, registrationId) is not null;

    /// <summary>Whether it is derived from the primary key; null: from neither.</summary>
    public static bool? Find(SasToken token, (byte[] Primary, byte[] Secondary) group, string registrationId)
    {
        var lower = IndividualEnrollments.Lower(registrationId);
        var isPrimary =
            token.IsSignedWith(DeviceKey.Derive(group.Primary, registrationId))
            | token.IsSignedWith(DeviceKey.Derive(group.Primary, lower));
        var isSecondary =
            token.IsSignedWith(DeviceKey.Derive(group.Secondary, registrationId))
            | token.IsSignedWith(DeviceKey.Derive(group.Secondary, lower));
        return isPrimary ? true
            : isSecondary ? false
            : null;
    }
}
