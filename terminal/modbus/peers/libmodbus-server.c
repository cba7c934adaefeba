/*
 * A Modbus TCP server by libmodbus for the interop tests: argv[1] is the port. Registers 0 to 99 and bits 0 to 63; reads beyond are
 * refused by the library itself with exception 2. Serves one client after the other.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  modbus_t *context = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  modbus_mapping_t *map = modbus_mapping_new(64, 64, 100, 100);
  if (context == NULL || map == NULL) return 1;
  for (int i = 0; i < 64; i++) {
    map->tab_bits[i] = i % 3 == 0;
    map->tab_input_bits[i] = i % 5 == 0;
  }
  for (int i = 0; i < 100; i++) {
    map->tab_registers[i] = i * 7;
    map->tab_input_registers[i] = 1000 + i;
  }
  /* 230.1 in the four orders, word by word: the library's own modbus_set_float_… changed their meaning after 3.1.6. */
  static const uint16_t floats[] = {0x4366, 0x199a, 0x9a19, 0x6643, 0x6643, 0x9a19, 0x199a, 0x4366};
  for (int i = 0; i < 8; i++) map->tab_registers[10 + i] = floats[i];
  int listening = modbus_tcp_listen(context, 1);
  if (listening == -1) {
    fprintf(stderr, "%s\n", modbus_strerror(errno));
    return 1;
  }
  printf("listening\n");
  fflush(stdout);
  for (;;) {
    if (modbus_tcp_accept(context, &listening) == -1) return 1;
    for (;;) {
      uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
      int length = modbus_receive(context, query);
      if (length > 0) modbus_reply(context, query, length, map);
      else if (length == -1) break;
    }
    close(modbus_get_socket(context));
  }
}
