using IoTCentral.Data.Common;

namespace IoTCentral.Data.Tests.Common;

/// <summary>Migrations go forward only: databases out there were made by the texts below.</summary>
public sealed class MigrationTests
{
    /// <summary>Each merged migration and the SHA-256 of its text. A new one is added here; none of these ever changes.</summary>
    private static readonly (string Name, string Hash)[] Merged =
    [
        ("20261123-0700-platform", "81a0af3d6a557850b719e7fbf43a519443e8a7aa8ff7e12fcc1c2a61f742958f"),
        ("20261123-0701-tenant", "919bb74bde319d0f5d6fc50c7f54cef3c03c2179e8d90b5e3188dc60586d8b7f"),
        ("20261123-0702-device", "48a6081b91fa5df7fef4ad284f18865eef895797264fed5d93b4641a3a973327"),
        ("20261123-0703-message-log", "41271c9975f0d23a5eee361004092458f7410085864adb727512ba30e712496e"),
        ("20261123-0704-rule", "b9d0f0384f10146e0cf70d90c0c826cd310b0a97beaf14348aba69389786b7e7"),
        ("20261123-0705-dashboard", "3232b365d23ff155ba2e954446926b50eb844ce11f3869a6214819d8537c2fdb"),
        ("20261123-0720-session", "95aef2ccc50f751f56d043cac41759fdffc66b73a31f463df407de6bbad230cb"),
        ("20261123-0945-announce", "beec64d06522421f1363db8de17650d4b6742fe3aa10de766af875de4d6a7283"),
        ("20261123-1155-last-value", "81b97057f9efe395c68d02c8d295866b37aad938917fd615879d78df49e27ef3"),
        ("20261123-1315-log-upkeep", "47529d4cd75f2df5b0b54ee52b252dffa4442af7b9c86bda9bee25bcca3ef434"),
        ("20261123-1345-cloud-message", "ff3e58aa54c91056fcf81549f96d18e6662dd35006d9034b37f1d5220eceb407"),
        ("20261123-1400-command", "1a55ef3b78ac59aaa685ecbec99db48376a3e4df1dca4522654009100e8b534a"),
        ("20261123-1600-device-file", "21275ceb9de2101a2271dc05f5d9cbd2a6cb33aa4239cc23355bf0b1bcbf4dab"),
        ("20261123-1610-certificate", "3012ffaeabea89d15e5dd4dc98c3eeeecfc0e2019cbec23118950cf5b78687e1"),
        ("20261123-1640-module", "d0a7dbeaec487b99a49ffecc4543de42b9c05ee18cf596642ea25ed436d8639a"),
        ("20261123-1645-file-storage", "0b18b41ae7521d542049d836c0ac0be38903a6ffbef61479f3e720f5907c29a6"),
        ("20261123-1700-device-group", "e5e4184c17452e41b3d4948b19d13e7723636545dcd415316aa257ca65525055"),
        ("20261123-1700-relationship", "dd89501759bd02c73c7dfe77f4f7e87c2558af56c699205e80cca6e324a40b20"),
        ("20261123-1750-file-removal", "677e74ffb169ad9be87184487bfe8825d00e8bb8b26de611b82733cc3d0023e6"),
        ("20261123-1820-audit-target", "23f879195ff3d3bbddabab350233e9e061073a4dc0e3ac862e9e77332f0fbfcd"),
        ("20261123-1945-file-storage-s3", "7aff6dbd53e7679646abc3456c35bc495300897723f655a4622e7904411066b1"),
        ("20261123-2100-twin-report", "d1026da37beef5b5007ebfe5163d031ef2538007b3d5edf502e651c1e96a6583"),
        ("20261123-2130-connection-log", "4a227f030955230bb3275b8575b9bcfdd7db9239886d6cfc77e712c052ef5cbf"),
        ("20261123-2200-chunk", "50f2c05f0c364ae33ae702e1e5a828320bb3d2084e6bb49071c99a3bea506510"),
        ("20261124-0950-retention", "c9d5d10092e3a56c0b48ba97738bdfd43a75bf75212e09dd80f611a3a1745bb2"),
        ("20261124-1015-data-removal", "c3a0cde5164dc326a6bd87644add244a95e66cda487aacfc3a5018d05c480f06"),
        ("20261124-1245-rollup", "bdd79fac342748501118175264b7b2a2bd9faa34e472600aec0bad8ee96f3389"),
    ];

    [Fact]
    public void A_merged_migration_is_never_changed_renamed_or_removed()
    {
        var now = MigrationRunner.All.Select(m => (m.Name, MigrationRunner.Hash(m.Sql)));

        Assert.Equal(Merged, now);
    }
}
