/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Milenage, TS 35.206 §4.1:
 *
 *   TEMP = E_K(RAND ^ OPc)         IN1 = SQN || AMF || SQN || AMF
 *   OUT1 = E_K(TEMP ^ rot(IN1 ^ OPc, r1) ^ c1) ^ OPc         f1 = [0..7], f1* = [8..15]
 *   OUTn = E_K(rot(TEMP ^ OPc, rn) ^ cn) ^ OPc               n   r    c   gives
 *                                                            2    0   1   f5 = [0..5], f2 = [8..15]
 *                                                            3   32   2   f3
 *                                                            4   64   4   f4
 *                                                            5   96   8   f5* = [0..5]
 *
 * r1 = 64 and c1 = 0; rotations are toward the most significant bit. The OUTs need TEMP only, so those that a
 * caller wants go to AES in one call, where the processor works on them side by side. */
#include "models/crypto/milenage.h"

#define BLOCK 16

static void xor_block(uint8_t out[BLOCK], const uint8_t a[BLOCK], const uint8_t b[BLOCK])
{
    uint64_t x[2], y[2];

    memcpy(x, a, BLOCK);
    memcpy(y, b, BLOCK);
    x[0] ^= y[0];
    x[1] ^= y[1];
    memcpy(out, x, BLOCK);
}

/* Sets the key; TEMP. */
static void temp_of(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                    uint8_t temp[BLOCK])
{
    aes128_key(crypto, k);
    xor_block(temp, rand, opc);
    aes128_blocks(crypto, temp, temp, 1);
}

/* What OUT1 is the encryption of. Rotation by 64 bits swaps the halves of IN1 ^ OPc, and those of IN1 are
 * equal. */
static void in_out1(const uint8_t temp[BLOCK], const uint8_t opc[16], uint64_t sqn, const uint8_t amf[2],
                    uint8_t in[BLOCK])
{
    uint8_t in1[BLOCK];

    for (unsigned i = 0; i < 6; i++)
        in1[i] = (uint8_t)(sqn >> (40 - 8 * i));
    in1[6] = amf[0];
    in1[7] = amf[1];
    memcpy(in1 + 8, in1, 8);
    xor_block(in, temp, in1);
    for (unsigned i = 0; i < BLOCK; i++)
        in[i] ^= opc[(i + 8) % BLOCK];
}

/* What OUT2..OUT5 are the encryptions of. */
static void in_out(unsigned n, const uint8_t temp[BLOCK], const uint8_t opc[16], uint8_t in[BLOCK])
{
    unsigned by = 4 * (n - 2);
    uint8_t x[BLOCK];

    xor_block(x, temp, opc);
    memcpy(in, x + by, BLOCK - by);
    memcpy(in + BLOCK - by, x, by);
    in[BLOCK - 1] ^= (uint8_t)(1 << (n - 2));
}

/* Encrypts and adds OPc. */
static void finish(struct crypto *crypto, const uint8_t opc[16], uint8_t (*blocks)[BLOCK], unsigned count)
{
    aes128_blocks(crypto, blocks[0], blocks[0], count);
    for (unsigned i = 0; i < count; i++)
        xor_block(blocks[i], blocks[i], opc);
}

/* f2 - f5 out of OUT2, OUT3, OUT4. */
static void take_f2345(uint8_t (*outs)[BLOCK], struct milenage_vector *out)
{
    memcpy(out->ak, outs[0], 6);
    memcpy(out->res, outs[0] + 8, 8);
    memcpy(out->ck, outs[1], 16);
    memcpy(out->ik, outs[2], 16);
}

void milenage_opc(struct crypto *crypto, const uint8_t k[16], const uint8_t op[16], uint8_t opc[16])
{
    uint8_t block[BLOCK];

    aes128_key(crypto, k);
    aes128_blocks(crypto, op, block, 1);
    xor_block(opc, block, op);
}

void milenage_all(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                  uint64_t sqn, const uint8_t amf[2], struct milenage_vector *out)
{
    uint8_t temp[BLOCK], blocks[4][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    for (unsigned n = 2; n <= 4; n++)
        in_out(n, temp, opc, blocks[n - 2]);
    in_out1(temp, opc, sqn, amf, blocks[3]);
    finish(crypto, opc, blocks, 4);
    take_f2345(blocks, out);
    memcpy(out->mac_a, blocks[3], 8);
    memcpy(out->mac_s, blocks[3] + 8, 8);
}

void milenage_f2345(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                    struct milenage_vector *out)
{
    uint8_t temp[BLOCK], blocks[3][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    for (unsigned n = 2; n <= 4; n++)
        in_out(n, temp, opc, blocks[n - 2]);
    finish(crypto, opc, blocks, 3);
    take_f2345(blocks, out);
}

void milenage_f1(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                 uint64_t sqn, const uint8_t amf[2], uint8_t mac_a[8], uint8_t mac_s[8])
{
    uint8_t temp[BLOCK], block[1][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    in_out1(temp, opc, sqn, amf, block[0]);
    finish(crypto, opc, block, 1);
    memcpy(mac_a, block[0], 8);
    memcpy(mac_s, block[0] + 8, 8);
}

void milenage_ck_ik(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                    uint8_t ck[16], uint8_t ik[16])
{
    uint8_t temp[BLOCK], blocks[2][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    in_out(3, temp, opc, blocks[0]);
    in_out(4, temp, opc, blocks[1]);
    finish(crypto, opc, blocks, 2);
    memcpy(ck, blocks[0], 16);
    memcpy(ik, blocks[1], 16);
}

void milenage_f5_star(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16],
                      const uint8_t rand[16], uint8_t ak_star[6])
{
    uint8_t temp[BLOCK], block[1][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    in_out(5, temp, opc, block[0]);
    finish(crypto, opc, block, 1);
    memcpy(ak_star, block[0], 6);
}

void milenage_autn(uint64_t sqn, const uint8_t ak[6], const uint8_t amf[2], const uint8_t mac_a[8],
                   uint8_t autn[16])
{
    for (unsigned i = 0; i < 6; i++)
        autn[i] = (uint8_t)(sqn >> (40 - 8 * i)) ^ ak[i];
    memcpy(autn + 6, amf, 2);
    memcpy(autn + 8, mac_a, 8);
}

void milenage_auts(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                   uint64_t sqn_ms, uint8_t auts[14])
{
    static const uint8_t amf_zero[2] = {0, 0};
    uint8_t temp[BLOCK], blocks[2][BLOCK];

    temp_of(crypto, k, opc, rand, temp);
    in_out1(temp, opc, sqn_ms, amf_zero, blocks[0]);
    in_out(5, temp, opc, blocks[1]);
    finish(crypto, opc, blocks, 2);
    for (unsigned i = 0; i < 6; i++)
        auts[i] = (uint8_t)(sqn_ms >> (40 - 8 * i)) ^ blocks[1][i];
    memcpy(auts + 6, blocks[0] + 8, 8);
}

bool milenage_auts_open(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16],
                        const uint8_t rand[16], const uint8_t auts[14], uint64_t *sqn_ms)
{
    static const uint8_t amf_zero[2] = {0, 0};
    uint8_t temp[BLOCK], block[1][BLOCK];
    uint64_t sqn = 0;

    temp_of(crypto, k, opc, rand, temp);
    in_out(5, temp, opc, block[0]);
    finish(crypto, opc, block, 1);
    for (unsigned i = 0; i < 6; i++)
        sqn = sqn << 8 | (auts[i] ^ block[0][i]);
    in_out1(temp, opc, sqn, amf_zero, block[0]);
    finish(crypto, opc, block, 1);
    if (!crypto_equal(block[0] + 8, auts + 6, 8))
        return false;
    *sqn_ms = sqn;
    return true;
}
